import { Building2, Globe, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { linkOf, type Share } from "./api.ts";
import { useMoment } from "./use-moment.ts";

type LinkListProps = { shares: readonly Share[]; onRevoke: (share: Share) => void };

/** The links there are, each to be copied again or revoked. */
export function LinkList({ shares, onRevoke }: LinkListProps) {
  const { t } = useTranslation();
  return (
    <section className="mt-6 border-line border-t pt-4">
      <h3 className="font-medium text-sm">{t("shares.links")}</h3>
      {shares.length === 0 ? <p className="mt-1 text-faint text-sm">{t("shares.none")}</p> : null}
      <ul className="mt-1 divide-y divide-line">
        {shares.map((share) => (
          <LinkEntry key={share.id} share={share} onRevoke={() => onRevoke(share)} />
        ))}
      </ul>
    </section>
  );
}

function LinkEntry({ share, onRevoke }: { share: Share; onRevoke: () => void }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const Icon = share.audience === "anybody" ? Globe : Building2;
  const open = share.open_until !== null;
  const state = share.path === null ? t("shares.lost") : t("shares.closed");
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Icon aria-hidden="true" className={cx("size-4 shrink-0", open ? "text-accent" : "text-faint")} />
      <div className="min-w-0 flex-1 text-sm">
        <p className={cx("truncate", !open && "text-faint")}>{t(`shares.audiences.${share.audience}`)}</p>
        <p className="text-faint text-xs">
          {share.open_until ? t("shares.openUntil", { date: moment(share.open_until) }) : state}
          {" · "}
          {share.last_viewed_at
            ? t("shares.opened", { count: share.views, date: moment(share.last_viewed_at, "moment") })
            : t("shares.neverOpened")}
        </p>
      </div>
      {open && share.path ? <CopyButton text={linkOf(share.path)} label={t("shares.copy")} /> : null}
      <IconButton icon={Trash2} size="small" label={t("shares.revoke")} onClick={onRevoke} />
    </li>
  );
}
