import { useTranslation } from "react-i18next";
import type { BudgetRead, StandingRead } from "#shared/api/schema.d.ts";
import { Badge, type Tone } from "./badge.tsx";
import { Meter } from "./meter.tsx";
import { useFormat } from "./use-format.ts";

const TONES: Record<StandingRead["level"], Tone> = {
  none: "good",
  warning: "warn",
  critical: "bad",
  exhausted: "bad",
};

/** How an amount of a budget's unit is written. */
export function useAmount(unit: BudgetRead["unit"]): (amount: string) => string {
  const { t } = useTranslation();
  const { usdAbout, amount } = useFormat();
  return (text) => (unit === "usd" ? usdAbout(text) : t(`admin.units.${unit}`, { number: amount(text) }));
}

type StandingBarProps = { budget: BudgetRead; standing: StandingRead; name: string };

/** How much of a budget one of its subjects has used. */
export function StandingBar({ budget, standing, name }: StandingBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = useAmount(budget.unit);
  const share = format.share(standing.percent / 100);
  const said = t("admin.standing.of", { spent: amount(standing.spent), limit: amount(budget.limit) });
  // For the eye alone: how wide what is held is.
  const held = Number(budget.limit) > 0 ? (Number(standing.held) / Number(budget.limit)) * 100 : 0;
  return (
    <div>
      <div className="mb-1 flex items-baseline justify-between gap-3 text-sm">
        <span className="min-w-0 truncate font-medium" title={name}>
          {name}
        </span>
        {standing.level === "none" ? (
          <span className="text-faint text-xs tabular-nums">{share}</span>
        ) : (
          <Badge tone={TONES[standing.level]}>{t(`admin.standing.${standing.level}`, { share })}</Badge>
        )}
      </div>
      <Meter
        label={name}
        percent={standing.percent}
        held={held}
        tone={TONES[standing.level]}
        valueText={`${said}, ${share}`}
      />
      <p className="mt-1 text-faint text-xs tabular-nums">
        {said}
        {standing.renews_at ? ` · ${t("admin.standing.renews", { when: format.shortDay(standing.renews_at) })}` : ""}
        {standing.projected ? ` · ${t("admin.standing.projected", { amount: amount(standing.projected) })}` : ""}
      </p>
    </div>
  );
}
