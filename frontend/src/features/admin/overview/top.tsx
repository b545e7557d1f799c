import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { monthStart } from "#features/admin/parts/days.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { ShareList } from "#features/admin/parts/share-list.tsx";
import { sorted } from "#features/admin/parts/sorting.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { UsageGroup, ChimeraSpendSchemasUsageUsageRead as UsageRead } from "#shared/api/schema.d.ts";

const SHOWN = 6;

/** Who or what cost most this month. */
export function Top({ by }: { by: "model" | "user" }) {
  const { t } = useTranslation();
  const usage = useQuery(
    answerQuery<UsageRead>(adminKeys.usage, "/usage", { since: monthStart(), group_by: by, limit: 200 }),
  );
  return (
    <Loaded query={usage}>
      {({ data }) => {
        const groups = sorted(data, ({ cost_usd }) => cost_usd, { column: "", isDown: true }).slice(0, SHOWN);
        if (groups.length === 0) return <p className="text-sm text-soft">{t("admin.overview.nothingYet")}</p>;
        return <Groups by={by} groups={groups} />;
      }}
    </Loaded>
  );
}

function Groups({ by, groups }: { by: "model" | "user"; groups: readonly UsageGroup[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useNames(
    by,
    groups.map(({ group }) => group ?? ""),
  );
  return (
    <ShareList
      label={t(by === "model" ? "admin.overview.topModels" : "admin.overview.topUsers")}
      mono={by === "model"}
      shares={groups.map(({ group, cost_usd, requests }) => ({
        id: group ?? "",
        name: nameOf(group ?? ""),
        value: Number(cost_usd),
        shown: <Money usd={cost_usd} />,
        note: t("admin.overview.requests", { count: requests, number: format.whole(requests) }),
      }))}
    />
  );
}
