import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { RangePicker } from "#features/admin/parts/range-picker.tsx";
import { type Range, sinceOf } from "#features/admin/parts/ranges.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import { json } from "#shared/api/client.ts";
import type { EntryPage, EntryRead } from "#shared/api/schema.d.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { Books } from "./books.tsx";
import { Invoice } from "./invoice.tsx";
import { MeterRecords } from "./meter-records.tsx";

const A_PAGE = 100;
const FORMATS = ["csv", "jsonl"] as const;

/** The ledger goes on after the last entry that one has, not at a cursor as other lists do. */
function useLedger(since: string) {
  const pages = useInfiniteQuery({
    queryKey: [...adminKeys.ledger, since],
    queryFn: ({ signal, pageParam }) =>
      json<EntryPage>("/ledger", { signal, query: { since, limit: A_PAGE, after: pageParam ?? undefined } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_after,
  });
  return {
    data: pages.data?.pages.flatMap((page) => page.data),
    error: pages.error,
    refetch: pages.refetch,
    more: { hasMore: pages.hasNextPage, isBusy: pages.isFetchingNextPage, load: () => void pages.fetchNextPage() },
  };
}

/** Every attempt at a model with what it cost, exact; a month of it as an invoice. */
export function LedgerPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const [range, setRange] = useState<Range>("today");
  const since = sinceOf(range);
  const entries = useLedger(since);
  const nameOf = useNames("user", [...new Set(entries.data?.map(({ user_id }) => user_id) ?? [])]);
  const columns: Column<EntryRead>[] = [
    {
      id: "at",
      header: t("adminMoney.ledger.at"),
      cell: ({ at }) => format.second(at),
      sort: ({ at }) => at,
    },
    {
      id: "model",
      header: t("adminMoney.groupings.model"),
      cell: ({ model }) => <span className="break-all font-mono text-[0.8125rem]">{model}</span>,
      sort: ({ model }) => model,
    },
    {
      id: "user",
      header: t("adminMoney.groupings.user"),
      cell: ({ user_id }) => nameOf(user_id),
      sort: ({ user_id }) => nameOf(user_id),
      isWide: true,
    },
    {
      id: "outcome",
      header: t("adminMoney.groupings.outcome"),
      cell: ({ outcome }) => <Badge tone={outcome === "ok" ? "good" : "calm"}>{outcome}</Badge>,
      isWide: true,
    },
    {
      id: "cost",
      header: t("adminMoney.usage.cost"),
      cell: ({ cost_usd: usd }) => (usd === null ? t("adminMoney.ledger.unpriced") : <Money usd={usd} />),
      sort: ({ cost_usd }) => cost_usd ?? "-1",
      isNumber: true,
    },
  ];
  return (
    <ListPage
      title={t("admin.places.ledger")}
      lead={t("adminMoney.ledger.lead")}
      query={entries}
      idOf={({ id }) => id}
      actions={
        <>
          <RangePicker value={range} onChange={setRange} />
          {FORMATS.map((kind) => (
            <a
              key={kind}
              href={`/api/v1/ledger/export?format=${kind}&since=${encodeURIComponent(since)}`}
              download={`chimera-ledger-${since.slice(0, 10)}.${kind}`}
              className={buttonLook("plain")}
            >
              <Download aria-hidden="true" className="size-4" />
              {t(`adminMoney.ledger.${kind}`)}
            </a>
          ))}
        </>
      }
      empty={{ title: t("adminMoney.usage.emptyTitle"), text: t("adminMoney.usage.emptyText") }}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.ledger")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          words={(entry) => `${entry.model} ${nameOf(entry.user_id)} ${entry.feature} ${entry.outcome}`}
          more={entries.more}
          onOpen={open}
        />
      )}
      detail={(entry) => ({
        title: entry.model,
        lead: format.second(entry.at),
        content: <Entry entry={entry} who={nameOf(entry.user_id)} />,
      })}
    >
      {may("spend:read") ? (
        <>
          <Invoice />
          <MeterRecords />
          <Books />
        </>
      ) : null}
    </ListPage>
  );
}

function Entry({ entry, who }: { entry: EntryRead; who: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const code = (text: string | null) => <code className="select-all break-all font-mono text-xs">{text || "–"}</code>;
  return (
    <Facts
      facts={[
        [
          t("adminMoney.usage.cost"),
          entry.cost_usd === null ? t("adminMoney.ledger.unpriced") : <Money key="cost" usd={entry.cost_usd} />,
        ],
        [t("adminMoney.ledger.saved"), <Money key="saved" usd={entry.saved_usd} />],
        [t("adminMoney.ledger.price"), code(entry.price)],
        [t("adminMoney.groupings.outcome"), entry.outcome],
        [t("adminMoney.ledger.measured"), entry.measured],
        [t("adminMoney.groupings.user"), who],
        [t("adminMoney.groupings.feature"), entry.feature || "–"],
        [t("adminMoney.groupings.provider"), entry.provider],
        [t("adminMoney.ledger.asked"), code(entry.asked_model)],
        [t("adminMoney.ledger.attempt"), format.whole(entry.attempt)],
        [t("adminMoney.usage.inputTokens"), format.whole(entry.input_tokens)],
        [t("adminMoney.usage.cachedTokens"), format.whole(entry.cached_tokens)],
        [t("adminMoney.usage.outputTokens"), format.whole(entry.output_tokens)],
        [t("adminMoney.usage.reasoningTokens"), format.whole(entry.reasoning_tokens)],
        [t("adminMoney.ledger.duration"), format.duration(entry.duration_ms)],
        [
          t("adminMoney.ledger.firstToken"),
          entry.first_token_ms === null ? "–" : format.duration(entry.first_token_ms),
        ],
        ...(entry.adjusts ? [[t("adminMoney.ledger.adjusts"), code(entry.adjusts)] as const] : []),
        [t("adminMoney.ledger.call"), code(entry.call_id)],
        [t("adminMoney.ledger.request"), code(entry.request_id)],
        [t("adminMoney.usage.id"), code(entry.id)],
      ]}
    />
  );
}
