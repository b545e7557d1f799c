import { useTranslation } from "react-i18next";
import { ColumnChart } from "#features/admin/parts/column-chart.tsx";
import { daysBetween } from "#features/admin/parts/days.ts";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { Tile } from "#features/admin/parts/tile.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ChimeraSpendSchemasUsageUsageRead as UsageRead } from "#shared/api/schema.d.ts";

/** The sums of a span, and its days as columns. */
export function UsageFigures({ usage }: { usage: UsageRead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { total } = usage;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Tile
          name={t("adminMoney.usage.cost")}
          value={<Money usd={total.cost_usd} />}
          {...(total.unpriced ? { note: t("adminMoney.usage.unpriced", { count: total.unpriced }) } : {})}
        />
        <Tile
          name={t("adminMoney.usage.requests")}
          value={format.whole(total.requests)}
          note={t("adminMoney.usage.cachedCalls", {
            count: total.cached_calls,
            number: format.whole(total.cached_calls),
          })}
        />
        <Tile
          name={t("adminMoney.usage.inputTokens")}
          value={format.short(total.input_tokens)}
          note={t("adminMoney.usage.fromCache", { number: format.short(total.cached_tokens) })}
        />
        <Tile
          name={t("adminMoney.usage.outputTokens")}
          value={format.short(total.output_tokens)}
          note={t("adminMoney.usage.reasoning", { number: format.short(total.reasoning_tokens) })}
        />
      </div>
      <Card title={t("adminMoney.usage.byDay")}>
        <DayChart usage={usage} />
      </Card>
    </>
  );
}

/** What a span cost, day by day. */
export function DayChart({ usage }: { usage: UsageRead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const costs = new Map(usage.data.map(({ start, cost_usd }) => [start, cost_usd]));
  const points = daysBetween(usage.since, usage.until).map((day) => {
    const cost = costs.get(day) ?? "0.00";
    return { id: day, label: format.shortDay(day), value: Number(cost), shown: format.usd(cost) };
  });
  return <ColumnChart label={t("adminMoney.usage.byDay")} unit={t("admin.units.usdADay")} points={points} />;
}
