import { useTranslation } from "react-i18next";
import { adminKeys, useWhole } from "#features/admin/parts/api.ts";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import type { BudgetRead } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { BudgetCard } from "./budget-card.tsx";
import { BudgetDetail } from "./budget-detail.tsx";
import { BudgetForm } from "./budget-form.tsx";

const LIVE_MS = 10_000;

/** What may be spent, by whom, in what time; and how much of it is left. */
export function BudgetsPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const toast = useToast();
  const budgets = useWhole<BudgetRead>(adminKeys.budgets, "/budgets", {}, LIVE_MS);
  const canChange = may("budgets:manage");
  const making = {
    label: t("adminMoney.budgets.make"),
    lead: t("adminMoney.budgets.makeLead"),
    form: (done: () => void) => (
      <BudgetForm
        onCancel={() => done()}
        onDone={() => {
          done();
          toast(t("adminMoney.budgets.made"));
        }}
      />
    ),
  };
  return (
    <ListPage
      title={t("admin.places.budgets")}
      lead={t("adminMoney.budgets.lead")}
      query={budgets}
      idOf={({ id }) => id}
      empty={{ title: t("adminMoney.budgets.emptyTitle"), text: t("adminMoney.budgets.emptyText") }}
      makings={canChange ? [making] : []}
      rows={(data, open) => (
        <ul className="grid items-start gap-3 lg:grid-cols-2">
          {data.map((budget) => (
            <li key={budget.id} className="min-w-0">
              <BudgetCard budget={budget} onOpen={() => open(budget)} />
            </li>
          ))}
        </ul>
      )}
      detail={(budget, close) => ({
        title: budget.name,
        content: <BudgetDetail budget={budget} canChange={canChange} onGone={close} />,
      })}
    />
  );
}
