import { Building2, CalendarClock, Globe, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu, MenuItem } from "#shared/ui/menu.tsx";
import { linkOf, type Share } from "./api.ts";
import type { LinkChanges } from "./use-link-changes.ts";
import { useMoment } from "./use-moment.ts";
import { endsOf } from "./wanted.ts";

type LinkEntryProps = {
  share: Share;
  /** For how many days a link may be open; null while it is not known. */
  longest: number | null;
  changes: LinkChanges;
  /** What it leads to, where that is not plain from the place. */
  title?: ReactNode;
};

/** One link: who opens it, until when and how often; to be copied again, to end at another time, to be revoked. */
export function LinkEntry({ share, longest, changes, title }: LinkEntryProps) {
  const { t } = useTranslation();
  const moment = useMoment();
  const Icon = share.audience === "anybody" ? Globe : Building2;
  const open = share.open_until !== null;
  const state = share.path === null ? t("shares.lost") : t("shares.closed");
  const ends = longest === null || share.path === null ? [] : endsOf(share, longest, Date.now());
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Icon aria-hidden="true" className={cx("size-4 shrink-0", open ? "text-accent" : "text-faint")} />
      <div className="min-w-0 flex-1 text-sm">
        {title ? <p className="truncate font-medium">{title}</p> : null}
        <p className={cx("truncate", title !== undefined && "text-soft", !open && "text-faint")}>
          {t(`shares.audiences.${share.audience}`)}
        </p>
        <p className="text-faint text-xs">
          {share.open_until ? t("shares.openUntil", { date: moment(share.open_until) }) : state}
          {" · "}
          {share.last_viewed_at
            ? t("shares.opened", { count: share.views, date: moment(share.last_viewed_at, "moment") })
            : t("shares.neverOpened")}
        </p>
      </div>
      <div className="flex shrink-0">
        {open && share.path ? <CopyButton text={linkOf(share.path)} label={t("shares.copy")} /> : null}
        {ends.length > 0 ? (
          <Menu align="end" trigger={<IconButton icon={CalendarClock} size="small" label={t("shares.changeEnd")} />}>
            {ends.map((end) => (
              <MenuItem
                key={end.at}
                icon={CalendarClock}
                label={t("shares.endsIn", { count: end.days, date: moment(end.at) })}
                onSelect={() => changes.end.mutate({ share, at: end.at })}
              />
            ))}
          </Menu>
        ) : null}
        <IconButton
          icon={Trash2}
          size="small"
          label={t("shares.revoke")}
          onClick={() => changes.revoke.mutate(share)}
        />
      </div>
    </li>
  );
}
