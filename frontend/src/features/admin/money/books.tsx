import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";

import { Card } from "#features/admin/parts/page.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { CounterCompared, DayCompared, ReconciliationRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";

/** Whether lines, reports and budgets say the same; looked at while it is read, and again when asked for. */
export function Books() {
  const { t } = useTranslation();
  const format = useFormat();
  const books = useQuery(answerQuery<ReconciliationRead>(adminKeys.ledger, "/ledger/reconciliation"));
  return (
    <Card
      title={t("adminMoney.books.title")}
      lead={t("adminMoney.books.lead")}
      actions={
        <Button onClick={() => void books.refetch()} disabled={books.isFetching}>
          {t("adminMoney.books.again")}
        </Button>
      }
    >
      <Loaded query={books} rows={2}>
        {(found) => (
          <>
            <p role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
              <Badge tone={found.is_exact ? "good" : "bad"}>
                {t(found.is_exact ? "adminMoney.books.agree" : "adminMoney.books.differ")}
              </Badge>
              <span className="text-soft">
                {t("adminMoney.books.compared", {
                  lines: format.whole(found.entries),
                  counters: format.whole(found.counters),
                  since: format.day(found.since),
                  usd: format.usd(found.ledger_usd),
                  at: format.second(found.at),
                })}
              </span>
            </p>
            {found.is_exact ? null : <p className="mt-2 text-sm text-soft">{t("adminMoney.books.help")}</p>}
            <div className="mt-3 space-y-3 empty:hidden">
              {found.days.length > 0 ? <Days days={found.days} /> : null}
              {found.budgets.length > 0 ? <Counters counters={found.budgets} /> : null}
            </div>
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Days({ days }: { days: DayCompared[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const told = ({ cost_usd: usd, entries }: DayCompared["ledger"]) =>
    `${format.usd(usd)} · ${t("adminMoney.books.lines", { count: entries })}`;
  const columns: Column<DayCompared>[] = [
    { id: "day", header: t("adminMoney.books.day"), cell: ({ day }) => format.day(day) },
    { id: "told", header: t("adminMoney.books.reported"), cell: ({ reported }) => told(reported), isNumber: true },
    { id: "true", header: t("adminMoney.books.ledger"), cell: ({ ledger }) => told(ledger), isNumber: true },
  ];
  return <DataTable label={t("adminMoney.books.days")} columns={columns} rows={days} rowKey={({ day }) => day} />;
}

function Counters({ counters }: { counters: CounterCompared[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<CounterCompared>[] = [
    {
      id: "name",
      header: t("adminMoney.books.budget"),
      cell: ({ name, subject }) => (
        <>
          {name} <span className="break-all text-faint text-xs">{subject}</span>
        </>
      ),
    },
    { id: "from", header: t("adminMoney.books.from"), cell: ({ starts_on: day }) => format.day(day), isWide: true },
    {
      id: "counted",
      header: t("adminMoney.books.counted"),
      cell: ({ counted, unit }) => <Count count={counted} unit={unit} />,
      isNumber: true,
    },
    {
      id: "true",
      header: t("adminMoney.books.ledger"),
      cell: ({ true: count, unit }) => <Count count={count} unit={unit} />,
      isNumber: true,
    },
  ];
  return (
    <DataTable
      label={t("adminMoney.books.budgets")}
      columns={columns}
      rows={counters}
      rowKey={({ budget_id: id, subject, starts_on: day }) => `${id} ${subject} ${day}`}
    />
  );
}

function Count({ count, unit }: { count: CounterCompared["counted"]; unit: CounterCompared["unit"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = (text: string) =>
    unit === "usd" ? format.usd(text) : t(`admin.units.${unit}`, { number: format.amount(text) });
  return t("adminMoney.books.count", { settled: amount(count.settled), held: amount(count.held) });
}
