import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { RecommendationList, RecommendationRead } from "#shared/api/schema.d.ts";

/** Where what helps is done. */
const PLACES = {
  cheaper_model_for_short_calls: { path: "/admin/routing", name: "routing" },
  prompt_cache: { path: "/admin/policies", name: "policies" },
  spent_for_nothing: { path: "/admin/ledger", name: "ledger" },
} as const;

/** What could be saved beside, the most first, with what helps and where. */
export function Remedies() {
  const { t } = useTranslation();
  const format = useFormat();
  const advice = useQuery(answerQuery<RecommendationList>(adminKeys.usage, "/usage/recommendations"));
  const columns: Column<RecommendationRead>[] = [
    {
      id: "remedy",
      header: t("adminMoney.savings.remedy"),
      cell: (one) => (
        <>
          <span className="font-medium">
            {t(`adminMoney.advice.${one.kind}`, {
              model: one.model ?? "",
              alternative: one.alternative ?? "",
              outcome: one.outcome ?? "",
            })}
          </span>
          <span className="block text-pretty text-faint text-xs">{one.takes_for_granted}</span>
        </>
      ),
    },
    {
      id: "calls",
      header: t("adminMoney.usage.requests"),
      cell: ({ calls }) => format.whole(calls),
      sort: ({ calls }) => calls,
      isNumber: true,
      isWide: true,
    },
    {
      id: "spent",
      header: t("adminMoney.savings.spent"),
      cell: ({ spent_usd }) => <Money usd={spent_usd} />,
      sort: ({ spent_usd }) => Number(spent_usd),
      isNumber: true,
      isWide: true,
    },
    {
      id: "saves",
      header: t("adminMoney.savings.saves"),
      cell: ({ saves_usd }) => <Money usd={saves_usd} />,
      sort: ({ saves_usd }) => Number(saves_usd),
      isNumber: true,
    },
    {
      id: "where",
      header: t("adminMoney.savings.where"),
      cell: ({ kind }) => (
        <Link to={PLACES[kind].path} className="font-medium text-accent hover:underline">
          {t(`admin.places.${PLACES[kind].name}`)}
        </Link>
      ),
    },
  ];
  return (
    <Card title={t("adminMoney.savings.advice")} lead={t("adminMoney.savings.adviceLead")}>
      <Loaded query={advice} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminMoney.savings.noAdvice")}</p>
          ) : (
            <DataTable
              label={t("adminMoney.savings.advice")}
              columns={columns}
              rows={data}
              rowKey={(one) => `${one.kind} ${one.model} ${one.outcome}`}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
