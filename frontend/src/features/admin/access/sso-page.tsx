import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Empty, Page } from "#features/admin/parts/page.tsx";
import type { IdentityProviderRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProviderForm } from "./provider-form.tsx";
import { ProviderSteps } from "./provider-steps.tsx";
import { ScimTokens } from "./scim-tokens.tsx";

/** Signing in at the organisation's own identity provider, and its directory. */
export function SsoPage() {
  const { t } = useTranslation();
  const [isMaking, setMaking] = useState(false);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const providers = usePages<IdentityProviderRead>(adminKeys.identityProviders, "/identity-providers", { limit: 100 });
  const opened = providers.data?.find(({ id }) => id === openedId) ?? null;
  const make = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" className="size-4" />
      {t("adminAccess.sso.make")}
    </Button>
  );
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
    <Page title={t("admin.places.sso")} lead={t("adminAccess.sso.lead")} actions={providers.data?.length ? make : null}>
      <Loaded query={providers}>
        {(data) =>
          data.length === 0 ? (
            <Empty title={t("adminAccess.sso.emptyTitle")} text={t("adminAccess.sso.emptyText")} action={make} />
          ) : (
            <DataTable
              label={t("admin.places.sso")}
              columns={columns}
              rows={data}
              rowKey={({ id }) => id}
              more={providers.more}
              onOpen={({ id }) => setOpenedId(id)}
            />
          )
        }
      </Loaded>
      <ScimTokens />
      <Drawer
        isForm
        open={isMaking}
        onClose={() => setMaking(false)}
        title={t("adminAccess.sso.make")}
        lead={t("adminAccess.sso.makeLead")}
      >
        <ProviderForm
          provider={null}
          onDone={({ id }) => {
            setMaking(false);
            setOpenedId(id);
          }}
        />
      </Drawer>
      <Drawer open={opened !== null} onClose={() => setOpenedId(null)} title={opened?.name ?? ""}>
        {opened ? <ProviderSteps key={opened.id} provider={opened} onGone={() => setOpenedId(null)} /> : null}
      </Drawer>
    </Page>
  );
}
