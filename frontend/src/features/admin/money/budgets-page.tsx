import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Empty, Page } from "#features/admin/parts/page.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import type { BudgetList } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
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
  const [isMaking, setMaking] = useState(false);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const budgets = useQuery({ ...answerQuery<BudgetList>(adminKeys.budgets, "/budgets"), refetchInterval: LIVE_MS });
  const opened = budgets.data?.data.find(({ id }) => id === openedId) ?? null;
  const canChange = may("budgets:manage");
  const make = canChange ? (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" className="size-4" />
      {t("adminMoney.budgets.make")}
    </Button>
  ) : null;
  return (
    <Page
      title={t("admin.places.budgets")}
      lead={t("adminMoney.budgets.lead")}
      actions={budgets.data?.data.length ? make : null}
    >
      <Loaded query={budgets}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t("adminMoney.budgets.emptyTitle")} text={t("adminMoney.budgets.emptyText")} action={make} />
          ) : (
            <ul className="grid items-start gap-3 lg:grid-cols-2">
              {data.map((budget) => (
                <li key={budget.id} className="min-w-0">
                  <BudgetCard budget={budget} onOpen={() => setOpenedId(budget.id)} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Drawer
        isForm
        open={isMaking}
        onClose={() => setMaking(false)}
        title={t("adminMoney.budgets.make")}
        lead={t("adminMoney.budgets.makeLead")}
      >
        <BudgetForm
          onCancel={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            toast(t("adminMoney.budgets.made"));
          }}
        />
      </Drawer>
      <Drawer open={opened !== null} onClose={() => setOpenedId(null)} title={opened?.name ?? ""}>
        {opened ? (
          <BudgetDetail key={opened.id} budget={opened} canChange={canChange} onGone={() => setOpenedId(null)} />
        ) : null}
      </Drawer>
    </Page>
  );
}
