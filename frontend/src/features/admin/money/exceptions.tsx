import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery, useEvery } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Choice } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { putSection, type Section } from "#features/admin/parts/policy.ts";
import { text } from "#features/admin/parts/reading.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { ApiKeyRead, MemberRead, Rates } from "#shared/api/schema.d.ts";
import type { ModelList } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { RateFields } from "./rate-fields.tsx";
import { RATES, ratesOf } from "./rates.ts";

type Limits = Section<"limits">["policy"];
type Kind = "users" | "keys" | "models";
type Exception = { kind: Kind; id: string; rates: Rates };

const KINDS = ["users", "keys", "models"] as const;

function exceptionsOf(limits: Limits): Exception[] {
  return [
    ...limits.users.map(({ id, ...rates }) => ({ kind: "users" as const, id, rates })),
    ...limits.keys.map(({ id, ...rates }) => ({ kind: "keys" as const, id, rates })),
    ...limits.models.map(({ model, ...rates }) => ({ kind: "models" as const, id: model, rates })),
  ];
}

/** The policy with one exception set, or taken away where there are no rates. */
function withException(limits: Limits, { kind, id }: Pick<Exception, "kind" | "id">, rates: Rates | null): Limits {
  if (kind === "models") {
    const others = limits.models.filter(({ model }) => model !== id);
    return { ...limits, models: rates ? [...others, { ...rates, model: id }] : others };
  }
  const others = limits[kind].filter((one) => one.id !== id);
  return { ...limits, [kind]: rates ? [...others, { ...rates, id }] : others };
}

/** Limits of single users, keys and models. */
export function Exceptions({ limits }: { limits: Limits }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [opened, setOpened] = useState<Exception | "new" | null>(null);
  const all = exceptionsOf(limits);
  const users = useNames(
    "user",
    limits.users.map(({ id }) => id),
  );
  const keys = useNames(
    "key",
    limits.keys.map(({ id }) => id),
  );
  const nameOf = ({ kind, id }: Exception) => (kind === "users" ? users(id) : kind === "keys" ? keys(id) : id);
  const columns: Column<Exception>[] = [
    { id: "name", header: t("adminMoney.limits.whom"), cell: nameOf, sort: nameOf },
    { id: "kind", header: t("adminMoney.limits.kind"), cell: ({ kind }) => t(`adminMoney.exceptionKinds.${kind}`) },
    {
      id: "rates",
      header: t("adminMoney.limits.rates"),
      cell: ({ rates }) =>
        RATES.filter((rate) => rates[rate])
          .map((rate) => `${format.whole(rates[rate] ?? 0)} ${t(`adminMoney.rates.${rate}`)}`)
          .join(" · "),
    },
  ];
  return (
    <Card
      title={t("adminMoney.limits.exceptions")}
      lead={t("adminMoney.limits.exceptionsLead")}
      actions={
        <Button onClick={() => setOpened("new")}>
          <Plus aria-hidden="true" className="size-4" />
          {t("adminMoney.limits.add")}
        </Button>
      }
    >
      {all.length > 0 ? (
        <DataTable
          label={t("adminMoney.limits.exceptions")}
          columns={columns}
          rows={all}
          rowKey={({ kind, id }) => `${kind} ${id}`}
          onOpen={setOpened}
        />
      ) : (
        <p className="text-faint text-sm">{t("adminMoney.limits.noExceptions")}</p>
      )}
      <Drawer
        isForm
        open={opened !== null}
        onClose={() => setOpened(null)}
        title={opened && opened !== "new" ? nameOf(opened) : t("adminMoney.limits.add")}
        lead={t("adminMoney.limits.emptyIsNone")}
      >
        {opened ? <ExceptionForm limits={limits} exception={opened} onDone={() => setOpened(null)} /> : null}
      </Drawer>
    </Card>
  );
}

type ExceptionFormProps = { limits: Limits; exception: Exception | "new"; onDone: () => void };

function ExceptionForm({ limits, exception, onDone }: ExceptionFormProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const [kind, setKind] = useState<Kind>("users");
  const known = exception === "new" ? null : exception;
  const remove = useChange({
    act: () => putSection("limits", known ? withException(limits, known, null) : limits),
    changes: [adminKeys.policies],
    said: t("adminMoney.limits.removed"),
    onDone,
  });
  return (
    <>
      <Form
        act={(data) =>
          putSection("limits", withException(limits, known ?? { kind, id: text(data, "id") }, ratesOf(data, "")))
        }
        changes={[adminKeys.policies]}
        onDone={() => {
          toast(t("adminMoney.limits.saved"));
          onDone();
        }}
        submit={t("admin.save")}
      >
        {known ? null : (
          <>
            <Choice
              name="kind"
              label={t("adminMoney.limits.kind")}
              value={kind}
              onChange={({ target }) => setKind(KINDS.find((one) => one === target.value) ?? "users")}
              options={KINDS.map((value) => ({ value, label: t(`adminMoney.exceptionKinds.${value}`) }))}
            />
            <Whom key={kind} kind={kind} />
          </>
        )}
        <RateFields legend={t("adminMoney.limits.rates")} prefix="" rates={known?.rates ?? {}} />
      </Form>
      {known ? (
        <div className="mt-6 border-line border-t pt-4">
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate(undefined)}>
            {t("adminMoney.limits.remove")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Whom({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const users = useEvery<MemberRead>(adminKeys.users, "/users", {}, kind === "users");
  const keys = useEvery<ApiKeyRead>(adminKeys.keys, "/keys", {}, kind === "keys");
  const models = useQuery({ ...answerQuery<ModelList>(adminKeys.models, "/models"), enabled: kind === "models" });
  const options = {
    users: users.data?.map(({ id, name, email }) => ({ value: id, label: name || email || id })),
    keys: keys.data?.map(({ id, name, prefix }) => ({ value: id, label: `${name} (${prefix}…)` })),
    models: models.data?.data.map(({ id }) => ({ value: id, label: id })),
  };
  return <Choice name="id" label={t("adminMoney.limits.whom")} options={options[kind] ?? []} />;
}
