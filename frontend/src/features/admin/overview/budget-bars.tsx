import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { StandingBar } from "#features/admin/parts/standing-bar.tsx";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { BudgetList, BudgetRead } from "#shared/api/schema.d.ts";

const SHOWN = 6;

/** The budgets that are nearest to their end. */
export function BudgetBars({ liveMs }: { liveMs: number }) {
  const { t } = useTranslation();
  const budgets = useQuery({ ...answerQuery<BudgetList>(adminKeys.budgets, "/budgets"), refetchInterval: liveMs });
  return (
    <Loaded query={budgets} rows={2}>
      {({ data }) =>
        data.length === 0 ? (
          <p className="text-sm text-soft">
            {t("admin.overview.noBudgets")}{" "}
            <Link to="/admin/budgets" className="font-medium text-accent underline underline-offset-2">
              {t("admin.overview.toBudgets")}
            </Link>
          </p>
        ) : (
          <Nearest budgets={data} />
        )
      }
    </Loaded>
  );
}

function Nearest({ budgets }: { budgets: readonly BudgetRead[] }) {
  const nearest = budgets
    .filter(({ enabled }) => enabled)
    .flatMap((budget) => budget.standings.map((standing) => ({ budget, standing })))
    .toSorted((one, other) => other.standing.percent - one.standing.percent)
    .slice(0, SHOWN);
  return (
    <ul className="grid gap-x-8 gap-y-4 md:grid-cols-2">
      {nearest.map(({ budget, standing }) => (
        <li key={`${budget.id} ${standing.subject}`} className="min-w-0">
          <NamedBar budget={budget} subject={standing.subject} />
        </li>
      ))}
    </ul>
  );
}

function NamedBar({ budget, subject }: { budget: BudgetRead; subject: string }) {
  const nameOf = useNames(budget.kind, [subject]);
  const standing = budget.standings.find((one) => one.subject === subject);
  if (!standing) return null;
  // The organisation itself needs no name here.
  const whose = budget.kind === "tenant" ? null : nameOf(subject);
  return <StandingBar budget={budget} standing={standing} name={whose ? `${budget.name} · ${whose}` : budget.name} />;
}
