import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { ColumnChart } from "#features/admin/parts/column-chart.tsx";
import { daysAgo, daysBetween } from "#features/admin/parts/days.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ChimeraSpendSchemasUsageUsageRead as UsageRead } from "#shared/api/schema.d.ts";

/** What was spent on each of the last days. */
export function SpendByDay({ days, liveMs }: { days: number; liveMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const usage = useQuery({
    ...answerQuery<UsageRead>(adminKeys.usage, "/usage", { since: daysAgo(days - 1), bucket: "day", limit: days + 1 }),
    refetchInterval: liveMs,
  });
  return (
    <Loaded query={usage}>
      {({ since, until, data }) => {
        const costs = new Map(data.map(({ start, cost_usd }) => [start, cost_usd]));
        const points = daysBetween(since, until).map((day) => {
          const cost = costs.get(day) ?? "0.00";
          return { id: day, label: format.shortDay(day), value: Number(cost), shown: format.usd(cost) };
        });
        return <ColumnChart label={t("admin.overview.byDay")} unit={t("admin.units.usdADay")} points={points} />;
      }}
    </Loaded>
  );
}
