import { ChevronDown, EyeOff, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMoment } from "#features/sharing/use-moment.ts";
import type { SharedRead } from "#shared/api/schema.d.ts";

/** What it is, who shared it and when, and what of it is not shown. */
export function SharedHead({ shared, title }: { shared: SharedRead; title: string }) {
  const { t, i18n } = useTranslation();
  const moment = useMoment();
  const date = moment(shared.shared_at);
  const kinds = new Intl.ListFormat(i18n.language).format(
    shared.left_out.map((kind) => t(`shares.page.kinds.${kind}`)),
  );
  return (
    <header>
      <p className="font-medium text-accent text-xs tracking-wide">{t("shares.page.eyebrow")}</p>
      <h1 dir="auto" className="mt-2 text-balance font-display text-3xl leading-tight sm:text-4xl">
        {title}
      </h1>
      <p className="mt-3 text-soft text-sm">
        {shared.shared_by
          ? `${t("shares.page.by", { name: shared.shared_by })} ${t("shares.page.on", { date })}`
          : t("shares.page.onAlone", { date })}
        {" · "}
        {t("shares.page.until", { date: moment(shared.open_until) })}
      </p>
      <div className="mt-5 space-y-1.5 rounded-2xl bg-sunk px-4 py-3 text-sm text-soft">
        {shared.is_mine ? <p className="font-medium text-ink">{t("shares.page.mine")}</p> : null}
        <p className="flex items-start gap-2.5">
          <EyeOff aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {shared.left_out.length > 0 ? t("shares.page.leftOut", { kinds }) : t("shares.page.nothingLeftOut")}
        </p>
        {shared.masked ? (
          <p className="flex items-start gap-2.5">
            <ShieldCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
            {t("shares.page.masked")}
          </p>
        ) : null}
      </div>
      {shared.system_prompt ? (
        <details className="group mt-4 text-sm">
          <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-lg py-1 text-soft hover:text-ink">
            {t("shares.page.system")}
            <ChevronDown aria-hidden="true" className="size-4 transition-transform group-open:rotate-180" />
          </summary>
          <p dir="auto" className="mt-1 whitespace-pre-wrap border-line border-s-2 ps-4 text-soft">
            {shared.system_prompt}
          </p>
        </details>
      ) : null}
    </header>
  );
}
