import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery, useEvery } from "#features/admin/parts/api.ts";
import { Choice, Line, Tick } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { amount, isTicked, percents, text, textOrNull } from "#features/admin/parts/reading.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { json } from "#shared/api/client.ts";
import type { ApiKeyRead, BudgetCreate, BudgetRead, GroupRead, MemberRead } from "#shared/api/schema.d.ts";
import type { ModelList } from "#shared/api/types.ts";

const KINDS = ["tenant", "team", "user", "key", "model"] as const;
const PERIODS = ["day", "week", "month", "total"] as const;
const UNITS = ["usd", "tokens", "requests"] as const;

type Kind = (typeof KINDS)[number];

function isKind(value: string): value is Kind {
  return KINDS.some((kind) => kind === value);
}

function terms(data: FormData): BudgetCreate {
  return {
    name: text(data, "name"),
    kind: text(data, "kind") as BudgetCreate["kind"],
    // The whole organisation names none.
    subject: textOrNull(data, "subject"),
    period: text(data, "period") as BudgetCreate["period"],
    unit: text(data, "unit") as NonNullable<BudgetCreate["unit"]>,
    limit: amount(data, "limit"),
    hard: isTicked(data, "hard"),
    thresholds: percents(data, "thresholds"),
  };
}

export function BudgetForm({ onDone, onCancel }: { onDone: (made: BudgetRead) => void; onCancel: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("user");
  return (
    <Form
      act={(data) => json<BudgetRead>("/budgets", { method: "POST", body: terms(data) })}
      changes={[adminKeys.budgets]}
      onDone={onDone}
      onCancel={onCancel}
      submit={t("adminMoney.budgets.make")}
    >
      <Line name="name" label={t("adminMoney.budgets.name")} placeholder={t("adminMoney.budgets.nameExample")} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          name="kind"
          label={t("adminMoney.budgets.kind")}
          value={kind}
          onChange={({ target }) => isKind(target.value) && setKind(target.value)}
          options={KINDS.map((value) => ({ value, label: t(`adminMoney.binds.${value}`) }))}
        />
        {kind === "tenant" ? null : <Subject key={kind} kind={kind} />}
      </div>
      <div className="grid gap-4 sm:grid-cols-3">
        <Line name="limit" label={t("adminMoney.budgets.limit")} inputMode="decimal" placeholder="25.00" />
        <Choice
          name="unit"
          label={t("adminMoney.budgets.unit")}
          options={UNITS.map((value) => ({ value, label: t(`adminMoney.unitNames.${value}`) }))}
        />
        <Choice
          name="period"
          label={t("adminMoney.budgets.period")}
          defaultValue="month"
          options={PERIODS.map((value) => ({ value, label: t(`adminMoney.periodNames.${value}`) }))}
        />
      </div>
      <BudgetEnds hard thresholds={[80, 100]} />
    </Form>
  );
}

/** What happens as a budget comes to its end. */
export function BudgetEnds({ hard, thresholds }: { hard: boolean; thresholds: readonly number[] }) {
  const { t } = useTranslation();
  return (
    <>
      <Tick
        name="hard"
        label={t("adminMoney.budgets.hard")}
        hint={t("adminMoney.budgets.hardHint")}
        defaultChecked={hard}
      />
      <Line
        name="thresholds"
        label={t("adminMoney.budgets.thresholds")}
        hint={t("adminMoney.budgets.thresholdsHint")}
        defaultValue={thresholds.join(", ")}
      />
    </>
  );
}

type Subjects = { id: string; name: string }[] | undefined;

/** One of a kind, or each of it apart. */
function Subject({ kind }: { kind: Exclude<Kind, "tenant"> }) {
  const { t } = useTranslation();
  const found = useSubjects(kind);
  return (
    <Choice
      name="subject"
      label={t("adminMoney.budgets.subject")}
      options={[
        { value: "*", label: t("adminMoney.budgets.each") },
        ...(found ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}

function useSubjects(kind: Exclude<Kind, "tenant">): Subjects {
  const { may } = useAdmin();
  const users = useEvery<MemberRead>(adminKeys.users, "/users", {}, kind === "user" && may("users:read"));
  const groups = useEvery<GroupRead>(adminKeys.groups, "/groups", {}, kind === "team" && may("users:read"));
  const keys = useEvery<ApiKeyRead>(adminKeys.keys, "/keys", {}, kind === "key" && may("keys:own"));
  const models = useQuery({ ...answerQuery<ModelList>(adminKeys.models, "/models"), enabled: kind === "model" });
  switch (kind) {
    case "user":
      return users.data?.map(({ id, name, email }) => ({ id, name: name || email || id }));
    case "team":
      return groups.data;
    case "key":
      return keys.data?.map(({ id, name, prefix }) => ({ id, name: `${name} (${prefix}…)` }));
    case "model":
      return models.data?.data.map(({ id }) => ({ id, name: id }));
  }
}
