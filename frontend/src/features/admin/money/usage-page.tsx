import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery, type Query } from "#features/admin/parts/api.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Empty, Page } from "#features/admin/parts/page.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { RangePicker } from "#features/admin/parts/range-picker.tsx";
import { type Range, sinceOf } from "#features/admin/parts/ranges.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import type { ChimeraSpendSchemasUsageUsageRead as UsageRead } from "#shared/api/schema.d.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { GROUPINGS, type Grouping, GroupTable } from "./group-table.tsx";
import { UsageFigures } from "./usage-figures.tsx";

/** What was used and what it cost, by day and by whatever one asks for. */
export function UsagePage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const [range, setRange] = useState<Range>("days30");
  const [by, setBy] = useState<Grouping>("model");
  const since = sinceOf(range);
  const query: Query = { since };
  const groups = useQuery(answerQuery<UsageRead>(adminKeys.usage, "/usage", { ...query, group_by: by, limit: 1000 }));
  const days = useQuery(answerQuery<UsageRead>(adminKeys.usage, "/usage", { ...query, bucket: "day", limit: 1000 }));
  return (
    <Page
      title={t("admin.places.usage")}
      lead={t(may("spend:read") ? "adminMoney.usage.lead" : "adminMoney.usage.leadOwn")}
      actions={
        <>
          <RangePicker value={range} onChange={setRange} />
          <a
            href={`/api/v1/ledger/export?format=csv&since=${encodeURIComponent(since)}`}
            download={`chimera-ledger-${since.slice(0, 10)}.csv`}
            className={buttonLook("plain")}
          >
            <Download aria-hidden="true" className="size-4" />
            {t("adminMoney.usage.export")}
          </a>
        </>
      }
    >
      <Loaded query={days} rows={6}>
        {(usage) =>
          usage.total.entries === 0 ? (
            <Empty title={t("adminMoney.usage.emptyTitle")} text={t("adminMoney.usage.emptyText")} />
          ) : (
            <UsageFigures usage={usage} />
          )
        }
      </Loaded>
      <Card
        title={t("adminMoney.usage.by")}
        actions={
          <Picker
            label={t("adminMoney.usage.groupBy")}
            value={by}
            onChange={setBy}
            options={GROUPINGS.map((value) => ({ value, label: t(`adminMoney.groupings.${value}`) }))}
          />
        }
      >
        <Loaded query={groups}>{({ data }) => <GroupTable by={by} groups={data} since={since} />}</Loaded>
      </Card>
    </Page>
  );
}
