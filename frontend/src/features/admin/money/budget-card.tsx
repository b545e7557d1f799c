import { useTranslation } from "react-i18next";
import { Badge } from "#features/admin/parts/badge.tsx";
import { StandingBar, useAmount } from "#features/admin/parts/standing-bar.tsx";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { BudgetRead } from "#shared/api/schema.d.ts";

const SHOWN = 3;

/** A budget with those of its subjects that are nearest to its end. */
export function BudgetCard({ budget, onOpen }: { budget: BudgetRead; onOpen: () => void }) {
  const { t } = useTranslation();
  return (
    <article className="relative rounded-2xl border border-line bg-card p-4 transition-colors hover:border-control">
      <div className="mb-3 flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-[0.9375rem]">
            <button type="button" onClick={onOpen} className="rounded-md text-start after:absolute after:inset-0">
              {budget.name}
            </button>
          </h2>
          <BudgetTerms budget={budget} />
        </div>
        {budget.enabled ? null : <Badge>{t("adminMoney.budgets.off")}</Badge>}
        {budget.hard ? null : <Badge tone="calm">{t("adminMoney.budgets.soft")}</Badge>}
      </div>
      <Standings budget={budget} most={SHOWN} />
    </article>
  );
}

/** Whom a budget binds, to what, in what time: in a line. */
function BudgetTerms({ budget }: { budget: BudgetRead }) {
  const { t } = useTranslation();
  const amount = useAmount(budget.unit);
  const nameOf = useNames(budget.kind, [budget.subject]);
  const terms = t(`adminMoney.periods.${budget.period}`, { amount: amount(budget.limit) });
  const isOfAll = budget.subject === "*" || budget.kind === "tenant";
  const whom = isOfAll
    ? t(`adminMoney.binds.${budget.kind}`)
    : t(`adminMoney.bindsOne.${budget.kind}`, { name: nameOf(budget.subject) });
  // The bar of a single subject names it.
  const isNamed = budget.standings.length > 0 && budget.kind === "tenant";
  return <p className="text-sm text-soft">{isNamed ? terms : `${whom}: ${terms}`}</p>;
}

/** How far the subjects of a budget are, those first that have used most. */
export function Standings({ budget, most = Number.POSITIVE_INFINITY }: { budget: BudgetRead; most?: number }) {
  const { t } = useTranslation();
  const inOrder = budget.standings.toSorted((one, other) => other.percent - one.percent);
  const shown = inOrder.slice(0, most);
  const nameOf = useNames(
    budget.kind,
    shown.map(({ subject }) => subject),
  );
  const rest = inOrder.length - shown.length;
  if (shown.length === 0) return <p className="text-faint text-sm">{t("adminMoney.budgets.untouched")}</p>;
  return (
    <ul className="space-y-3">
      {shown.map((standing) => (
        <li key={standing.subject}>
          <StandingBar
            budget={budget}
            standing={standing}
            name={budget.kind === "tenant" ? t("adminMoney.budgets.all") : nameOf(standing.subject)}
          />
        </li>
      ))}
      {rest > 0 ? <li className="text-faint text-xs">{t("adminMoney.budgets.rest", { count: rest })}</li> : null}
    </ul>
  );
}
