import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import type { IdentityProviderRead } from "#shared/api/schema.d.ts";
import { ProviderForm } from "./provider-form.tsx";
import { ProviderSteps } from "./provider-steps.tsx";
import { ScimTokens } from "./scim-tokens.tsx";

/** Signing in at the organisation's own identity provider, and its directory. */
export function SsoPage() {
  const { t } = useTranslation();
  const providers = usePages<IdentityProviderRead>(adminKeys.identityProviders, "/identity-providers", { limit: 100 });
  const columns: Column<IdentityProviderRead>[] = [
    { id: "name", header: t("adminAccess.keys.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    { id: "issuer", header: t("adminAccess.sso.issuer"), cell: ({ issuer }) => issuer, isWide: true },
    { id: "domains", header: t("adminAccess.sso.domains"), cell: ({ domains }) => domains.join(", ") },
    {
      id: "state",
      header: t("adminAccess.sso.state"),
      cell: ({ enabled }) => (
        <Badge tone={enabled ? "good" : "calm"}>{t(enabled ? "adminAccess.sso.on" : "adminAccess.sso.off")}</Badge>
      ),
    },
  ];
  return (
    <ListPage
      title={t("admin.places.sso")}
      lead={t("adminAccess.sso.lead")}
      query={providers}
      idOf={({ id }) => id}
      empty={{ title: t("adminAccess.sso.emptyTitle"), text: t("adminAccess.sso.emptyText") }}
      makings={[
        {
          label: t("adminAccess.sso.make"),
          lead: t("adminAccess.sso.makeLead"),
          form: (done) => <ProviderForm provider={null} onDone={({ id }) => done(id)} />,
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.sso")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          more={providers.more}
          onOpen={open}
        />
      )}
      detail={(provider, close) => ({
        title: provider.name,
        content: <ProviderSteps provider={provider} onGone={close} />,
      })}
    >
      <ScimTokens />
    </ListPage>
  );
}
