import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { SecretOnce } from "#features/admin/parts/secret-once.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json, send } from "#shared/api/client.ts";
import type { ScimTokenCreated, ScimTokenRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";

/** With what a directory keeps users and groups as it has them. */
export function ScimTokens() {
  const { t } = useTranslation();
  const format = useFormat();
  const [token, setToken] = useState<string | null>(null);
  const tokens = usePages<ScimTokenRead>(adminKeys.scimTokens, "/scim-tokens", { limit: 100 });
  const revoke = useChange({
    act: (id: string) => send(`/scim-tokens/${id}`, { method: "DELETE" }),
    changes: [adminKeys.scimTokens],
    said: t("adminAccess.scim.revoked"),
  });
  return (
    <Card title={t("adminAccess.scim.title")} lead={t("adminAccess.scim.lead")}>
      <Loaded query={tokens} rows={1}>
        {(data) => (
          <ul className="mb-4 divide-y divide-line">
            {data.map(({ id, name, prefix, last_used_at: at }) => (
              <li key={id} className="flex items-center gap-3 py-2 text-sm">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{name}</p>
                  <p className="text-faint text-xs">
                    <code className="font-mono">{prefix}…</code> · {t("adminAccess.keys.lastUsed")}:{" "}
                    {at ? format.moment(at) : t("adminAccess.never")}
                  </p>
                </div>
                <Button aria-label={t("adminAccess.scim.revokeOf", { name })} onClick={() => revoke.mutate(id)}>
                  {t("adminAccess.keys.revoke")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Form
        act={(data) => json<ScimTokenCreated>("/scim-tokens", { method: "POST", body: { name: text(data, "name") } })}
        changes={[adminKeys.scimTokens]}
        onDone={({ token: made }) => setToken(made)}
        submit={t("adminAccess.scim.make")}
      >
        <Line name="name" label={t("adminAccess.scim.name")} placeholder="Entra ID" />
      </Form>
      <SecretOnce secret={token} title={t("adminAccess.scim.secretTitle")} onClose={() => setToken(null)} />
    </Card>
  );
}
