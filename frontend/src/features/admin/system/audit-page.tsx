import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, type Query, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { daysAgo } from "#features/admin/parts/days.ts";
import { Drawer, Facts } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Page } from "#features/admin/parts/page.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { AuditEntryRead } from "#shared/api/schema.d.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { Proof } from "./proof.tsx";

const ACTS = [
  "all",
  "key.*",
  "user.*",
  "group.*",
  "role.*",
  "policy.*",
  "session.*",
  "model.*",
  "credential.*",
] as const;
const SPANS = { day: 1, week: 7, month: 30, ever: null } as const;

type Span = keyof typeof SPANS;

/** Who did what: looked through, opened, proved, taken away as a file. */
export function AuditPage() {
  const { t } = useTranslation();
  const [act, setAct] = useState<(typeof ACTS)[number]>("all");
  const [span, setSpan] = useState<Span>("month");
  const [opened, setOpened] = useState<AuditEntryRead | null>(null);
  const days = SPANS[span];
  const query: Query = {
    act: act === "all" ? undefined : act,
    since: days === null ? undefined : daysAgo(days - 1),
  };
  const entries = usePages<AuditEntryRead>(adminKeys.audit, "/audit", { ...query, limit: 100 });
  const nameOf = useNames("user", [...new Set(entries.data?.map(({ actor_id }) => actor_id ?? "") ?? [])]);
  const who = ({ actor_id }: AuditEntryRead) => (actor_id ? nameOf(actor_id) : t("adminSystem.audit.server"));
  return (
    <Page
      title={t("admin.places.audit")}
      lead={t("adminSystem.audit.lead")}
      actions={(["jsonl", "csv"] as const).map((format) => (
        <a
          key={format}
          href={`/api/v1/audit/export?format=${format}`}
          download={`audit.${format}`}
          className={buttonLook("plain")}
        >
          <Download aria-hidden="true" className="size-4" />
          {t(`adminSystem.audit.${format}`)}
        </a>
      ))}
    >
      <Proof />
      <Loaded query={entries} rows={8}>
        {(data) => (
          <EntryTable
            entries={data}
            who={who}
            more={entries.more}
            onOpen={setOpened}
            filters={
              <>
                <Picker
                  label={t("adminSystem.audit.act")}
                  value={act}
                  onChange={setAct}
                  options={ACTS.map((value) => ({
                    value,
                    label: value === "all" ? t("adminSystem.audit.all") : value,
                  }))}
                />
                <Picker<Span>
                  label={t("adminSystem.audit.span")}
                  value={span}
                  onChange={setSpan}
                  options={(["day", "week", "month", "ever"] as const).map((value) => ({
                    value,
                    label: t(`adminSystem.spans.${value}`),
                  }))}
                />
              </>
            }
          />
        )}
      </Loaded>
      <Drawer open={opened !== null} onClose={() => setOpened(null)} title={opened?.act ?? ""}>
        {opened ? <Entry entry={opened} who={who(opened)} /> : null}
      </Drawer>
    </Page>
  );
}

type EntryTableProps = {
  entries: readonly AuditEntryRead[];
  who: (entry: AuditEntryRead) => string;
  more: { hasMore: boolean; isBusy: boolean; load: () => void };
  filters: ReactNode;
  onOpen: (entry: AuditEntryRead) => void;
};

function EntryTable({ entries, who, more, filters, onOpen }: EntryTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<AuditEntryRead>[] = [
    {
      id: "act",
      header: t("adminSystem.audit.what"),
      cell: (entry) => (
        <>
          <span className="font-mono text-[0.8125rem]">{entry.act}</span>
          <span className="block text-faint text-xs md:hidden">{who(entry)}</span>
        </>
      ),
    },
    { id: "who", header: t("adminSystem.audit.who"), cell: who, isWide: true },
    { id: "when", header: t("adminSystem.audit.when"), cell: ({ created_at }) => format.second(created_at) },
    {
      id: "outcome",
      header: t("adminSystem.audit.outcome"),
      cell: ({ outcome }) => <Badge tone={outcome === "ok" ? "good" : "bad"}>{outcome}</Badge>,
      isWide: true,
    },
    { id: "address", header: t("adminSystem.audit.address"), cell: ({ address }) => address || "–", isWide: true },
  ];
  return (
    <DataTable
      label={t("admin.places.audit")}
      columns={columns}
      rows={entries}
      rowKey={({ id }) => id}
      words={(entry) =>
        `${entry.act} ${who(entry)} ${entry.address} ${entry.target_kind} ${entry.target_id} ${entry.details}`
      }
      filters={filters}
      more={more}
      onOpen={onOpen}
    />
  );
}

function Entry({ entry, who }: { entry: AuditEntryRead; who: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const code = (text: string) => <code className="select-all break-all font-mono text-xs">{text || "–"}</code>;
  return (
    <Facts
      facts={[
        [t("adminSystem.audit.number"), format.whole(entry.number)],
        [t("adminSystem.audit.when"), format.second(entry.created_at)],
        [t("adminSystem.audit.who"), who],
        [t("adminSystem.audit.outcome"), entry.outcome],
        [t("adminSystem.audit.target"), code(`${entry.target_kind} ${entry.target_id}`)],
        [t("adminSystem.audit.address"), entry.address || "–"],
        [t("adminSystem.audit.key"), code(entry.key_id ?? "")],
        [t("adminSystem.audit.request"), code(entry.request_id)],
        [t("adminSystem.audit.details"), code(entry.details)],
        [t("adminSystem.audit.previous"), code(entry.previous_hash)],
        [t("adminSystem.audit.hash"), code(entry.hash)],
      ]}
    />
  );
}
