import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer, Facts } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { sorted } from "#features/admin/parts/sorting.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { UsageGroup, ChimeraSpendSchemasUsageUsageRead as UsageRead } from "#shared/api/schema.d.ts";
import { DayChart } from "./usage-figures.tsx";

export const GROUPINGS = ["model", "user", "key", "team", "provider", "feature", "outcome"] as const;

export type Grouping = (typeof GROUPINGS)[number];

/** How a report is narrowed to one of its groups. */
const NARROWS = { user: "user_id", key: "key_id", team: "team_id" } as const;

function narrowed(by: Grouping, group: string) {
  return { [by in NARROWS ? NARROWS[by as keyof typeof NARROWS] : by]: group };
}

type GroupTableProps = { by: Grouping; groups: readonly UsageGroup[]; since: string };

/** The groups of a report; each opens with its own days. */
export function GroupTable({ by, groups, since }: GroupTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [opened, setOpened] = useState<UsageGroup | null>(null);
  const known = useNames(
    by,
    groups.map(({ group }) => group ?? ""),
  );
  const nameOf = ({ group }: UsageGroup) => (group ? known(group) : t("adminMoney.usage.nobody"));
  const columns: Column<UsageGroup>[] = [
    { id: "name", header: t(`adminMoney.groupings.${by}`), cell: nameOf, sort: nameOf },
    {
      id: "cost",
      header: t("adminMoney.usage.cost"),
      cell: ({ cost_usd }) => <Money usd={cost_usd} />,
      sort: ({ cost_usd }) => cost_usd,
      isNumber: true,
    },
    {
      id: "requests",
      header: t("adminMoney.usage.requests"),
      cell: ({ requests }) => format.whole(requests),
      sort: ({ requests }) => requests,
      isNumber: true,
      isWide: true,
    },
    {
      id: "input",
      header: t("adminMoney.usage.inputTokens"),
      cell: ({ input_tokens }) => format.whole(input_tokens),
      sort: ({ input_tokens }) => input_tokens,
      isNumber: true,
      isWide: true,
    },
    {
      id: "output",
      header: t("adminMoney.usage.outputTokens"),
      cell: ({ output_tokens }) => format.whole(output_tokens),
      sort: ({ output_tokens }) => output_tokens,
      isNumber: true,
      isWide: true,
    },
    {
      id: "duration",
      header: t("adminMoney.usage.duration"),
      cell: ({ mean_duration_ms: ms }) => (ms === null ? "–" : format.duration(ms)),
      sort: ({ mean_duration_ms }) => mean_duration_ms ?? -1,
      isNumber: true,
      isWide: true,
    },
  ];
  return (
    <>
      <DataTable
        label={t(`adminMoney.groupings.${by}`)}
        columns={columns}
        rows={sorted(groups, ({ cost_usd }) => cost_usd, { column: "cost", isDown: true })}
        rowKey={({ group }) => group ?? ""}
        words={nameOf}
        onOpen={setOpened}
      />
      <Drawer open={opened !== null} onClose={() => setOpened(null)} title={opened ? nameOf(opened) : ""}>
        {opened ? <Detail by={by} group={opened} since={since} /> : null}
      </Drawer>
    </>
  );
}

function Detail({ by, group, since }: { by: Grouping; group: UsageGroup; since: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const days = useQuery({
    ...answerQuery<UsageRead>(adminKeys.usage, "/usage", {
      since,
      bucket: "day",
      limit: 1000,
      ...narrowed(by, group.group ?? ""),
    }),
    enabled: group.group !== null,
  });
  return (
    <div className="space-y-5">
      {group.group ? <Loaded query={days}>{(usage) => <DayChart usage={usage} />}</Loaded> : null}
      <Facts
        facts={[
          [t("adminMoney.usage.cost"), <Money key="cost" usd={group.cost_usd} />],
          [t("adminMoney.usage.requests"), format.whole(group.requests)],
          [t("adminMoney.usage.inputTokens"), format.whole(group.input_tokens)],
          [t("adminMoney.usage.cachedTokens"), format.whole(group.cached_tokens)],
          [t("adminMoney.usage.outputTokens"), format.whole(group.output_tokens)],
          [t("adminMoney.usage.reasoningTokens"), format.whole(group.reasoning_tokens)],
          [t("adminMoney.usage.savedCache"), <Money key="cache" usd={group.saved_cache_usd} />],
          [t("adminMoney.usage.savedRouting"), <Money key="routing" usd={group.saved_routing_usd} />],
          [
            t("adminMoney.usage.duration"),
            group.mean_duration_ms === null ? "–" : format.duration(group.mean_duration_ms),
          ],
          ...(group.group
            ? [
                [
                  t("adminMoney.usage.id"),
                  <code key="id" className="break-all font-mono text-xs">
                    {group.group}
                  </code>,
                ] as const,
              ]
            : []),
        ]}
      />
    </div>
  );
}
