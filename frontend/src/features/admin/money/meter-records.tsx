import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { MeterPage } from "#shared/api/schema.d.ts";

/** A record as webhooks tell it, which the API hands on as it was told. */
type MeterRecord = { id: string; at: string; day: string; cost_usd: string; lines: { requests: number }[] };

const A_PAGE = 100;

/** The meter goes on after the last record that one has; a page that is not full is the last. */
function useMeter() {
  const pages = useInfiniteQuery({
    queryKey: [...adminKeys.ledger, "meter"],
    queryFn: ({ signal, pageParam }) =>
      json<MeterPage>("/usage/meter", { signal, query: { limit: A_PAGE, since: pageParam ?? undefined } }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ data, next }) => (data.length < A_PAGE ? null : next),
  });
  return {
    data: pages.data?.pages.flatMap((page) => page.data as MeterRecord[]),
    error: pages.error,
    refetch: pages.refetch,
    more: { hasMore: pages.hasNextPage, isBusy: pages.isFetchingNextPage, load: () => void pages.fetchNextPage() },
  };
}

/** What billing systems are told: records that add up to their days. */
export function MeterRecords() {
  const { t } = useTranslation();
  const format = useFormat();
  const meter = useMeter();
  const columns: Column<MeterRecord>[] = [
    { id: "day", header: t("adminMoney.meter.day"), cell: ({ day }) => format.day(day), sort: ({ day }) => day },
    {
      id: "at",
      header: t("adminMoney.meter.at"),
      cell: ({ at }) => format.second(at),
      sort: ({ at }) => at,
      isWide: true,
    },
    {
      id: "models",
      header: t("admin.places.models"),
      cell: ({ lines }) => format.whole(lines.length),
      isNumber: true,
      isWide: true,
    },
    {
      id: "requests",
      header: t("adminMoney.usage.requests"),
      cell: ({ lines }) => format.whole(lines.reduce((sum, line) => sum + line.requests, 0)),
      isNumber: true,
    },
    {
      id: "cost",
      header: t("adminMoney.usage.cost"),
      cell: ({ cost_usd }) => <Money usd={cost_usd} />,
      sort: ({ cost_usd }) => Number(cost_usd),
      isNumber: true,
    },
  ];
  return (
    <Card title={t("adminMoney.meter.title")} lead={t("adminMoney.meter.lead")}>
      <Loaded query={meter} rows={2}>
        {(data) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminMoney.meter.nothing")}</p>
          ) : (
            <DataTable
              label={t("adminMoney.meter.title")}
              columns={columns}
              rows={data}
              rowKey={({ id }) => id}
              more={meter.more}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
