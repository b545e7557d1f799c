import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Choice, Line, Lines, Tick, Ticks } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { isTicked, lines, text, textOrNull, texts } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { TokenIssuerCreate, TokenIssuerRead } from "#shared/api/schema.d.ts";

const ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"] as const;
const CLAIMS = ["sub", "email"] as const;

function rolesOf(data: FormData): Record<string, string> {
  return Object.fromEntries(
    lines(data, "roles_by_group").map((line) => {
      const [group = "", role = ""] = line.split(/\s*=\s*/);
      return [group, role];
    }),
  );
}

type TokenIssuerFormProps = { issuer: TokenIssuerRead | null; onDone: () => void };

/** How another's tokens are believed; who it is and for whom stays as it was made. */
export function TokenIssuerForm({ issuer, onDone }: TokenIssuerFormProps) {
  const { t } = useTranslation();
  return (
    <Form
      act={(data) => {
        const terms = {
          name: text(data, "name"),
          jwks_url: textOrNull(data, "jwks_url"),
          algorithms: texts(data, "algorithms") as NonNullable<TokenIssuerCreate["algorithms"]>,
          subject_claim: text(data, "subject_claim") as (typeof CLAIMS)[number],
          default_role: textOrNull(data, "default_role"),
          group_claim: text(data, "group_claim"),
          roles_by_group: rolesOf(data),
          enabled: isTicked(data, "enabled"),
        };
        return issuer
          ? json<TokenIssuerRead>(`/token-issuers/${issuer.id}`, { method: "PATCH", body: terms })
          : json<TokenIssuerRead>("/token-issuers", {
              method: "POST",
              body: { ...terms, issuer: text(data, "issuer"), audience: text(data, "audience") },
            });
      }}
      changes={[adminKeys.tokenIssuers]}
      onDone={onDone}
      submit={issuer ? t("admin.save") : t("adminAccess.issuers.make")}
    >
      <Line
        name="name"
        label={t("adminAccess.keys.name")}
        placeholder="Build servers"
        defaultValue={issuer?.name ?? ""}
      />
      {issuer ? null : (
        <>
          <Line
            name="issuer"
            type="url"
            label={t("adminAccess.sso.issuer")}
            hint={t("adminAccess.issuers.issuerHint")}
            placeholder="https://login.example.com"
          />
          <Line
            name="audience"
            label={t("adminAccess.issuers.audience")}
            hint={t("adminAccess.issuers.audienceHint")}
            placeholder="chimera"
          />
        </>
      )}
      <Line
        name="jwks_url"
        type="url"
        label={t("adminAccess.issuers.keys")}
        hint={t("adminAccess.issuers.keysHint")}
        defaultValue={issuer?.jwks_url ?? ""}
      />
      <Ticks legend={t("adminAccess.issuers.algorithms")}>
        {ALGORITHMS.map((one) => (
          <Tick
            key={one}
            name="algorithms"
            value={one}
            label={one}
            defaultChecked={(issuer?.algorithms ?? ["RS256", "ES256"]).includes(one)}
          />
        ))}
      </Ticks>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          name="subject_claim"
          label={t("adminAccess.issuers.subject")}
          defaultValue={issuer?.subject_claim ?? "sub"}
          options={CLAIMS.map((value) => ({ value, label: t(`adminAccess.claims.${value}`) }))}
        />
        <Line
          name="default_role"
          label={t("adminAccess.issuers.defaultRole")}
          hint={t("adminAccess.issuers.defaultRoleHint")}
          defaultValue={issuer?.default_role ?? ""}
        />
      </div>
      <Line
        name="group_claim"
        label={t("adminAccess.issuers.groupClaim")}
        defaultValue={issuer?.group_claim ?? "groups"}
      />
      <Lines
        name="roles_by_group"
        rows={2}
        label={t("adminAccess.issuers.roles")}
        hint={t("adminAccess.issuers.rolesHint")}
        placeholder="Chimera admins = admin"
        defaultValue={Object.entries(issuer?.roles_by_group ?? {})
          .map(([group, role]) => `${group} = ${role}`)
          .join("\n")}
      />
      <Tick name="enabled" label={t("adminAccess.issuers.enabled")} defaultChecked={issuer?.enabled ?? true} />
    </Form>
  );
}
