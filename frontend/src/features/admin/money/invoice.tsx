import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { lastMonths } from "#features/admin/parts/ranges.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { InvoiceLine, InvoiceRead } from "#shared/api/schema.d.ts";
import { buttonLook } from "#shared/ui/button.tsx";

/** What a month came to, model by model; its total is the ledger's. */
export function Invoice() {
  const { t } = useTranslation();
  const format = useFormat();
  const months = lastMonths(12);
  const [month, setMonth] = useState(months[0] ?? "");
  const invoice = useQuery(answerQuery<InvoiceRead>(adminKeys.ledger, `/invoices/${month}`));
  const count = (
    id: "requests" | "input_tokens" | "output_tokens",
    header: string,
    isWide: boolean,
  ): Column<InvoiceLine> => ({
    id,
    header,
    cell: (line) => format.whole(line[id]),
    sort: (line) => line[id],
    isNumber: true,
    isWide,
  });
  const columns: Column<InvoiceLine>[] = [
    {
      id: "model",
      header: t("adminMoney.groupings.model"),
      cell: ({ model }) => <span className="break-all font-mono text-[0.8125rem]">{model}</span>,
      sort: ({ model }) => model,
    },
    count("requests", t("adminMoney.usage.requests"), true),
    count("input_tokens", t("adminMoney.usage.inputTokens"), true),
    count("output_tokens", t("adminMoney.usage.outputTokens"), true),
    {
      id: "cost",
      header: t("adminMoney.usage.cost"),
      cell: ({ cost_usd }) => <Money usd={cost_usd} />,
      sort: ({ cost_usd }) => cost_usd,
      isNumber: true,
    },
  ];
  return (
    <Card
      title={t("adminMoney.invoice.title")}
      lead={t("adminMoney.invoice.lead")}
      actions={
        <Picker
          label={t("adminMoney.invoice.month")}
          value={month}
          onChange={setMonth}
          options={months.map((value) => ({ value, label: format.month(`${value}-01`) }))}
        />
      }
    >
      <Loaded query={invoice} rows={3}>
        {({ lines, total, since, until, is_final: isFinal }) => (
          <>
            <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
              <p className="font-display text-2xl">
                <Money usd={total.cost_usd} />{" "}
                <Badge tone={isFinal ? "good" : "calm"}>
                  {t(isFinal ? "adminMoney.invoice.final" : "adminMoney.invoice.running")}
                </Badge>
              </p>
              <a
                href={`/api/v1/ledger/export?format=csv&since=${encodeURIComponent(since)}&until=${encodeURIComponent(until)}`}
                download={`chimera-${month}.csv`}
                className={buttonLook("plain")}
              >
                <Download aria-hidden="true" className="size-4" />
                {t("adminMoney.invoice.lines")}
              </a>
            </div>
            {total.unpriced > 0 ? (
              <p className="mb-3 text-bronze text-sm">{t("adminMoney.usage.unpriced", { count: total.unpriced })}</p>
            ) : null}
            {lines.length === 0 ? (
              <p className="text-faint text-sm">{t("adminMoney.invoice.nothing")}</p>
            ) : (
              <DataTable
                label={t("adminMoney.invoice.title")}
                columns={columns}
                rows={lines}
                rowKey={({ model }) => model}
              />
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}
