import { useTranslation } from "react-i18next";
import type { StagedPanelRead } from "#features/panels/api.ts";
import { isInRounds } from "#features/panels/form/panel-draft.ts";
import { useFigures } from "#shared/lib/use-figures.ts";

/** How far it is, and what of its bounds is used up. */
export function Standing({ panel }: { panel: StagedPanelRead }) {
  const { t } = useTranslation();
  const { number, money } = useFigures();
  const { limits, policy } = panel;
  const bound = limits.budget_usd;
  const held = Number(panel.held_usd);
  const spent = Number(panel.spent_usd) - held;
  const share = (sum: number) => (bound === null ? 0 : Math.min(1, sum / Number(bound)) * 100);
  const parts = [
    isInRounds(policy.kind) && panel.round > 0 ? t("panels.round", { round: panel.round, of: limits.rounds }) : null,
    t("panels.speeches", { turns: number(panel.turns), of: number(limits.turns) }),
    t("panels.tokens", { tokens: number(panel.tokens) }),
  ].filter((part) => part !== null);
  return (
    <div className="min-w-0 flex-1 basis-52 text-faint text-xs">
      <p className="truncate">{parts.join(" · ")}</p>
      <p className="mt-1 flex items-center gap-2" title={t("panels.spentTitle", { usd: panel.spent_usd })}>
        <span className="whitespace-nowrap">
          {bound === null
            ? t("panels.spent", { spent: money(String(spent)) })
            : t("panels.spentOf", { spent: money(String(spent)), bound: money(bound) })}
        </span>
        {bound === null ? null : (
          <span aria-hidden="true" className="h-1.5 max-w-40 flex-1 flex overflow-hidden rounded-full bg-active">
            <span
              className={share(spent) > 80 ? "bg-danger" : "bg-accent"}
              style={{ width: `${Math.max(share(spent), spent > 0 ? 2 : 0)}%` }}
            />
            <span className="bg-accent opacity-25" style={{ width: `${share(held)}%` }} />
          </span>
        )}
      </p>
    </div>
  );
}
