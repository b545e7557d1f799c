import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, useEvery } from "#features/admin/parts/api.ts";
import { Choice, Line, Lines } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { PermissionTicks, usePermissions } from "#features/admin/parts/permission-ticks.tsx";
import type { PermissionName } from "#features/admin/parts/permissions.ts";
import { dayOf, endOfDayOrNull, lines, text, textOrNull, texts, wholeOrNull } from "#features/admin/parts/reading.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { json } from "#shared/api/client.ts";
import type { ApiKeyCreate, ApiKeyCreated, ApiKeyRead, MemberRead } from "#shared/api/schema.d.ts";

/** A list, or null where it is empty, which binds to nothing. */
function linesOrNull(data: FormData, name: string): string[] | null {
  const all = lines(data, name);
  return all.length > 0 ? all : null;
}

/** By what a key is bound, as its fields say; of one that ends on the same day as before its end stays as it is. */
export function bonds(data: FormData, apiKey?: ApiKeyRead) {
  const endsAsBefore = apiKey !== undefined && text(data, "expires_at") === dayOf(apiKey.expires_at);
  return {
    models: linesOrNull(data, "models"),
    networks: linesOrNull(data, "networks"),
    requests_per_minute: wholeOrNull(data, "requests_per_minute"),
    tokens_per_minute: wholeOrNull(data, "tokens_per_minute"),
    ...(endsAsBefore ? {} : { expires_at: endOfDayOrNull(data, "expires_at") }),
  };
}

type KeyFormProps = { onMade: (made: ApiKeyCreated) => void; onCancel: () => void };

export function KeyForm({ onMade, onCancel }: KeyFormProps) {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const [extent, setExtent] = useState("all");
  const isKnown = usePermissions().data !== undefined;
  const accounts = useEvery<MemberRead>(adminKeys.users, "/service-accounts", {}, may("keys:manage"));
  const make = (data: FormData) => {
    const body: ApiKeyCreate = {
      name: text(data, "name"),
      user_id: textOrNull(data, "user_id"),
      permissions: extent === "all" ? null : (texts(data, "permissions") as PermissionName[]),
      ...bonds(data),
    };
    return json<ApiKeyCreated>("/keys", { method: "POST", body });
  };
  return (
    <Form
      act={make}
      changes={[adminKeys.keys]}
      onDone={onMade}
      onCancel={onCancel}
      isReady={extent === "all" || isKnown}
      submit={t("adminAccess.keys.make")}
    >
      <Line name="name" label={t("adminAccess.keys.name")} placeholder={t("adminAccess.keys.nameExample")} />
      {accounts.data?.length ? (
        <Choice
          name="user_id"
          label={t("adminAccess.keys.actsFor")}
          options={[
            { value: "", label: t("adminAccess.keys.me") },
            ...accounts.data.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      ) : null}
      <Choice
        name="extent"
        label={t("adminAccess.keys.extent")}
        value={extent}
        onChange={({ target }) => setExtent(target.value)}
        options={(["all", "some"] as const).map((value) => ({ value, label: t(`adminAccess.extents.${value}`) }))}
      />
      {extent === "some" ? (
        <PermissionTicks legend={t("adminAccess.keys.permissions")} chosen={["chat", "models:read"]} />
      ) : null}
      <KeyBonds />
    </Form>
  );
}

/** By what a key is bound: models, networks, rates, time. */
export function KeyBonds({ apiKey }: { apiKey?: ApiKeyRead }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <Line
          name="expires_at"
          type="date"
          label={t("adminAccess.keys.ends")}
          defaultValue={dayOf(apiKey?.expires_at ?? null)}
        />
        <Line
          name="requests_per_minute"
          label={t("adminAccess.keys.requestsPerMinute")}
          inputMode="numeric"
          placeholder="–"
          defaultValue={apiKey?.requests_per_minute ?? ""}
        />
        <Line
          name="tokens_per_minute"
          label={t("adminAccess.keys.tokensPerMinute")}
          inputMode="numeric"
          placeholder="–"
          defaultValue={apiKey?.tokens_per_minute ?? ""}
        />
      </div>
      <Lines
        name="models"
        label={t("adminAccess.keys.models")}
        hint={t("adminAccess.keys.modelsHint")}
        placeholder="openai/*"
        defaultValue={apiKey?.models?.join("\n")}
      />
      <Lines
        name="networks"
        rows={2}
        label={t("adminAccess.keys.networks")}
        hint={t("adminAccess.keys.networksHint")}
        placeholder="192.0.2.0/24"
        defaultValue={apiKey?.networks?.join("\n")}
      />
    </>
  );
}
