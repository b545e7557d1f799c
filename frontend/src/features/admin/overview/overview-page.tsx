import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { daysAgo, monthStart } from "#features/admin/parts/days.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card, Page } from "#features/admin/parts/page.tsx";
import { Tile } from "#features/admin/parts/tile.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ChimeraSpendSchemasUsageUsageRead as UsageRead } from "#shared/api/schema.d.ts";
import { BudgetBars } from "./budget-bars.tsx";
import { Health } from "./health.tsx";
import { SpendByDay } from "./spend-by-day.tsx";
import { Top } from "./top.tsx";

/** How often figures that change by themselves are asked for again. */
const LIVE_MS = 30_000;

/** What happens in the organisation, at a glance. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { session, may } = useAdmin();
  return (
    <Page title={t("admin.overview.title")} lead={t("admin.overview.lead", { name: session.tenant.name })}>
      {may("models:read") ? <Health /> : null}
      {may("spend:read") ? <Figures /> : null}
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title={t("admin.overview.budgets")} className="lg:col-span-2">
          <BudgetBars liveMs={LIVE_MS} />
        </Card>
        {may("spend:read") ? (
          <>
            <Card title={t("admin.overview.topModels")} lead={t("admin.overview.thisMonth")}>
              <Top by="model" />
            </Card>
            <Card title={t("admin.overview.topUsers")} lead={t("admin.overview.thisMonth")}>
              <Top by="user" />
            </Card>
          </>
        ) : null}
      </div>
    </Page>
  );
}

function useSpan(query: Record<string, string>) {
  return useQuery({ ...answerQuery<UsageRead>(adminKeys.usage, "/usage", query), refetchInterval: LIVE_MS });
}

function Figures() {
  const { t } = useTranslation();
  const format = useFormat();
  const today = useSpan({ since: daysAgo(0), group_by: "outcome" });
  const month = useSpan({ since: monthStart() });
  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Loaded query={today} rows={2}>
          {({ total, data }) => {
            const well = data.filter(({ group }) => group === "ok" || group === "adjustment");
            const failed = total.entries - well.reduce((sum, { entries }) => sum + entries, 0);
            return (
              <>
                <Tile name={t("admin.overview.spentToday")} value={<Money usd={total.cost_usd} />} />
                <MonthTile query={month} />
                <Tile
                  name={t("admin.overview.requestsToday")}
                  value={format.whole(total.requests)}
                  note={t("admin.overview.failed", {
                    count: failed,
                    share: format.share(total.entries ? failed / total.entries : 0),
                  })}
                  isBad={failed > 0 && failed / total.entries > 0.05}
                />
                <Tile
                  name={t("admin.overview.latency")}
                  value={total.mean_duration_ms === null ? "–" : format.duration(total.mean_duration_ms)}
                  note={t("admin.overview.latencyNote")}
                />
              </>
            );
          }}
        </Loaded>
      </div>
      <Card title={t("admin.overview.byDay")}>
        <SpendByDay days={30} liveMs={LIVE_MS} />
      </Card>
    </>
  );
}

function MonthTile({ query }: { query: ReturnType<typeof useSpan> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = query.data?.total;
  return (
    <Tile
      name={t("admin.overview.spentMonth")}
      value={total ? <Money usd={total.cost_usd} /> : "…"}
      {...(total
        ? { note: t("admin.overview.requests", { count: total.requests, number: format.whole(total.requests) }) }
        : {})}
    />
  );
}
