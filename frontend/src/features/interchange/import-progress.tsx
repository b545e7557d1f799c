import { Progress } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "#shared/i18n/i18n.ts";
import { cx } from "#shared/lib/cx.ts";
import type { ImportState } from "./import-file.ts";

type ImportProgressProps = { name: string; state: Exclude<ImportState, { phase: "done" }>; action: ReactNode };

/** How far a file is: what went up in percent, and what was read in conversations, of which nobody knows how many come. */
export function ImportProgress({ name, state, action }: ImportProgressProps) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(localeOf(i18n.language));
  const percent = state.phase === "sending" ? Math.round(state.share * 100) : null;
  const sent = percent === null || percent === 100;
  const counts = state.phase === "reading" ? state.counts : null;
  const read = counts ? counts.made + counts.extended + counts.unchanged + counts.deleted + counts.failed : 0;
  const line = sent
    ? t("exchange.reading", {
        count: read,
        conversations: number.format(read),
        messages: number.format(counts?.messages ?? 0),
      })
    : t("exchange.sending", { percent });
  return (
    <div className="mt-3 rounded-2xl border border-line p-4">
      <div className="flex items-center justify-between gap-3">
        <p className="min-w-0 truncate font-medium text-sm">{name}</p>
        {action}
      </div>
      <Progress.Root
        value={sent ? null : percent}
        aria-label={t("exchange.progress", { name })}
        className="mt-2 h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <Progress.Indicator
          className={cx("h-full rounded-full bg-accent transition-[width]", sent && "animate-breathe")}
          style={{ width: `${sent ? 100 : percent}%` }}
        />
      </Progress.Root>
      <p className="mt-2 text-soft text-sm tabular-nums">{line}</p>
      {/* Heard once for each phase, not for each number. */}
      <p role="status" className="sr-only">
        {sent ? t("exchange.readingNow") : t("exchange.sendingNow")}
      </p>
    </div>
  );
}
