import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { Choice, Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import { json } from "#shared/api/client.ts";
import type { ApiKeyCreated, ApiKeyRead, ApiKeyUpdate } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { bonds, KeyBonds } from "./key-form.tsx";
import { Ends } from "./keys-ends.tsx";

const OVERLAPS = ["0", "3600", "86400", "604800"] as const;

type KeyDetailProps = { apiKey: ApiKeyRead; onRotated: (made: ApiKeyCreated) => void; onGone: () => void };

/** All of a key but its secret, and what can be done with it. */
export function KeyDetail({ apiKey, onRotated, onGone }: KeyDetailProps) {
  const { t } = useTranslation();
  const { session } = useAdmin();
  const format = useFormat();
  const toast = useToast();
  const nameOf = useNames("user", [apiKey.user_id]);
  const [overlap, setOverlap] = useState<string>("86400");
  const path = `/keys/${apiKey.id}`;
  const isOwn = apiKey.user_id === session.user.id;
  const change = (data: FormData) => {
    const body: ApiKeyUpdate = { name: text(data, "name"), ...bonds(data, apiKey) };
    return json<ApiKeyRead>(path, { method: "PATCH", body });
  };
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminAccess.keys.begins"), <code key="prefix" className="font-mono">{`${apiKey.prefix}…`}</code>],
          [t("adminAccess.keys.actsFor"), nameOf(apiKey.user_id)],
          [t("adminAccess.keys.permissions"), apiKey.permissions.join(", ")],
          [t("adminAccess.keys.made"), format.moment(apiKey.created_at)],
          [
            t("adminAccess.keys.lastUsed"),
            apiKey.last_used_at ? format.moment(apiKey.last_used_at) : t("adminAccess.never"),
          ],
          [t("adminAccess.keys.ends"), <Ends key="ends" at={apiKey.expires_at} />],
          ...(apiKey.former_until
            ? [[t("adminAccess.keys.formerUntil"), format.moment(apiKey.former_until)] as const]
            : []),
        ]}
      />
      {isOwn ? null : <p className="text-faint text-xs">{t("adminAccess.keys.foreign")}</p>}
      <Part title={t("adminAccess.keys.change")}>
        <Form
          act={change}
          changes={[adminKeys.keys]}
          onDone={() => toast(t("adminAccess.keys.changed"))}
          submit={t("admin.save")}
        >
          <Line name="name" label={t("adminAccess.keys.name")} defaultValue={apiKey.name} />
          <KeyBonds apiKey={apiKey} />
        </Form>
      </Part>
      <Part title={t("adminAccess.keys.rotate")} lead={t("adminAccess.keys.rotateLead")}>
        <Form
          act={() =>
            json<ApiKeyCreated>(`${path}/rotate`, { method: "POST", body: { overlap_s: Number.parseInt(overlap, 10) } })
          }
          changes={[adminKeys.keys]}
          onDone={onRotated}
          submit={t("adminAccess.keys.rotate")}
        >
          <Choice
            name="overlap_s"
            label={t("adminAccess.keys.overlap")}
            value={overlap}
            onChange={({ target }) => setOverlap(target.value)}
            options={OVERLAPS.map((value) => ({ value, label: t(`adminAccess.overlaps.s${value}`) }))}
          />
        </Form>
      </Part>
      <Removal
        path={path}
        changes={[adminKeys.keys]}
        action={t("adminAccess.keys.revoke")}
        title={t("adminAccess.keys.revokeTitle", { name: apiKey.name })}
        text={t("adminAccess.keys.revokeText")}
        said={t("adminAccess.keys.revoked")}
        onGone={onGone}
      />
    </div>
  );
}
