import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Removal } from "#features/admin/parts/removal.tsx";
import type { TokenIssuerRead } from "#shared/api/schema.d.ts";
import { TokenIssuerForm } from "./token-issuer-form.tsx";

/** Others whose access tokens are good here, and what these may do. */
export function TokenIssuersPage() {
  const { t } = useTranslation();
  const issuers = usePages<TokenIssuerRead>(adminKeys.tokenIssuers, "/token-issuers", { limit: 100 });
  const columns: Column<TokenIssuerRead>[] = [
    { id: "name", header: t("adminAccess.keys.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "issuer",
      header: t("adminAccess.sso.issuer"),
      cell: ({ issuer }) => <span className="break-all">{issuer}</span>,
      isWide: true,
    },
    { id: "audience", header: t("adminAccess.issuers.audience"), cell: ({ audience }) => audience, isWide: true },
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
      title={t("admin.places.issuers")}
      lead={t("adminAccess.issuers.lead")}
      query={issuers}
      idOf={({ id }) => id}
      empty={{ title: t("adminAccess.issuers.emptyTitle"), text: t("adminAccess.issuers.emptyText") }}
      makings={[
        {
          label: t("adminAccess.issuers.make"),
          lead: t("adminAccess.issuers.makeLead"),
          form: (done) => <TokenIssuerForm issuer={null} onDone={() => done()} />,
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.issuers")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          more={issuers.more}
          onOpen={open}
        />
      )}
      detail={(issuer, close) => ({ title: issuer.name, content: <Detail issuer={issuer} onGone={close} /> })}
    />
  );
}

function Detail({ issuer, onGone }: { issuer: TokenIssuerRead; onGone: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminAccess.sso.issuer"), issuer.issuer],
          [t("adminAccess.issuers.audience"), issuer.audience],
        ]}
      />
      <TokenIssuerForm issuer={issuer} onDone={onGone} />
      <Removal
        path={`/token-issuers/${issuer.id}`}
        changes={[adminKeys.tokenIssuers]}
        action={t("adminAccess.issuers.delete")}
        title={t("adminAccess.issuers.deleteTitle", { name: issuer.name })}
        text={t("adminAccess.issuers.deleteText")}
        said={t("adminAccess.issuers.deleted")}
        onGone={onGone}
      />
    </div>
  );
}
