import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Line, Lines, Tick } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { isTicked, lines, text, textOrNull } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { IdentityProviderRead } from "#shared/api/schema.d.ts";

type ProviderFormProps = { provider: IdentityProviderRead | null; onDone: (provider: IdentityProviderRead) => void };

/** An OpenID provider's terms: new, or changed; its issuer stays. */
export function ProviderForm({ provider, onDone }: ProviderFormProps) {
  const { t } = useTranslation();
  const save = (data: FormData) => {
    const secret = textOrNull(data, "client_secret");
    const terms = {
      name: text(data, "name"),
      client_id: text(data, "client_id"),
      ...(secret ? { client_secret: secret } : {}),
      domains: lines(data, "domains"),
      default_role: textOrNull(data, "default_role"),
      just_in_time: isTicked(data, "just_in_time"),
      enabled: isTicked(data, "enabled"),
    };
    return provider
      ? json<IdentityProviderRead>(`/identity-providers/${provider.id}`, { method: "PATCH", body: terms })
      : json<IdentityProviderRead>("/identity-providers", {
          method: "POST",
          body: { ...terms, issuer: text(data, "issuer") },
        });
  };
  return (
    <Form
      act={save}
      changes={[adminKeys.identityProviders]}
      onDone={onDone}
      submit={provider ? t("admin.save") : t("adminAccess.sso.make")}
    >
      <Line
        name="name"
        label={t("adminAccess.keys.name")}
        hint={t("adminAccess.sso.nameHint")}
        placeholder="Example Inc."
        defaultValue={provider?.name ?? ""}
      />
      {provider ? null : (
        <Line
          name="issuer"
          type="url"
          label={t("adminAccess.sso.issuer")}
          hint={t("adminAccess.sso.issuerHint")}
          placeholder="https://login.example.com"
        />
      )}
      <Line name="client_id" label={t("adminAccess.sso.clientId")} defaultValue={provider?.client_id ?? ""} />
      <Line
        name="client_secret"
        type="password"
        autoComplete="new-password"
        label={t("adminAccess.sso.clientSecret")}
        hint={t(provider?.has_secret ? "adminAccess.sso.secretKept" : "adminAccess.sso.secretHint")}
      />
      <Lines
        name="domains"
        rows={2}
        label={t("adminAccess.sso.domains")}
        hint={t("adminAccess.sso.domainsHint")}
        placeholder="example.com"
        defaultValue={provider?.domains.join("\n")}
      />
      <Line
        name="default_role"
        label={t("adminAccess.sso.defaultRole")}
        hint={t("adminAccess.sso.defaultRoleHint")}
        defaultValue={provider ? (provider.default_role ?? "") : "member"}
      />
      <Tick
        name="just_in_time"
        label={t("adminAccess.sso.justInTime")}
        hint={t("adminAccess.sso.justInTimeHint")}
        defaultChecked={provider?.just_in_time ?? true}
      />
      <Tick name="enabled" label={t("adminAccess.sso.enabled")} defaultChecked={provider?.enabled ?? true} />
    </Form>
  );
}
