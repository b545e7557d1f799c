import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { monthStart } from "#features/admin/parts/days.ts";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { ChimeraTenancyOrganisationsSchemasTenantRead as TenantRead, TenantUsage } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { TenantForm } from "./tenant-form.tsx";

/** Organisations of the installation, for who operates it. */
export function TenantsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const tenants = usePages<TenantRead>(adminKeys.tenants, "/tenants", { limit: 100 });
  const columns: Column<TenantRead>[] = [
    { id: "name", header: t("adminPeople.tenants.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "tier",
      header: t("adminPeople.tenants.tier"),
      cell: ({ tier }) => tier ?? t("adminPeople.tenants.defaultTier"),
      sort: ({ tier }) => tier ?? "",
    },
    {
      id: "state",
      header: t("adminPeople.tenants.state"),
      cell: ({ suspended_at }) =>
        suspended_at ? (
          <Badge tone="bad">{t("adminPeople.users.suspended")}</Badge>
        ) : (
          <Badge tone="good">{t("adminPeople.tenants.open")}</Badge>
        ),
    },
    {
      id: "since",
      header: t("adminPeople.users.since"),
      cell: ({ created_at }) => format.day(created_at),
      sort: ({ created_at }) => created_at,
      isWide: true,
    },
  ];
  return (
    <ListPage
      title={t("admin.places.tenants")}
      lead={t("adminPeople.tenants.lead")}
      query={tenants}
      idOf={({ id }) => id}
      makings={[
        {
          label: t("adminPeople.tenants.make"),
          lead: t("adminPeople.tenants.makeLead"),
          form: (done) => <TenantForm tenant={null} onDone={() => done()} />,
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.tenants")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          words={({ name }) => name}
          more={tenants.more}
          onOpen={open}
        />
      )}
      detail={(tenant, close) => ({
        title: tenant.name,
        content: <TenantDetail tenant={tenant} onGone={close} />,
      })}
    />
  );
}

function TenantDetail({ tenant, onGone }: { tenant: TenantRead; onGone: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const path = `/tenants/${tenant.id}`;
  const usage = useQuery(answerQuery<TenantUsage>(adminKeys.usage, `${path}/usage`, { since: monthStart() }));
  const turn = useChange({
    act: () => json(path, { method: "PATCH", body: { suspended: tenant.suspended_at === null } }),
    changes: [adminKeys.tenants],
  });
  return (
    <div className="space-y-6">
      <Loaded query={usage} rows={2}>
        {({ total }) => (
          <Facts
            facts={[
              [t("adminPeople.tenants.spent"), <Money key="spent" usd={total.cost_usd} />],
              [t("adminPeople.tenants.requests"), format.whole(total.requests)],
            ]}
          />
        )}
      </Loaded>
      <Part title={t("adminPeople.tenants.change")}>
        <TenantForm tenant={tenant} onDone={() => undefined} />
      </Part>
      <Part
        title={t(tenant.suspended_at ? "adminPeople.tenants.letBack" : "adminPeople.tenants.suspend")}
        lead={t("adminPeople.tenants.suspendLead")}
      >
        <Button disabled={turn.isPending} onClick={() => turn.mutate(undefined)}>
          {t(tenant.suspended_at ? "adminPeople.tenants.letBack" : "adminPeople.tenants.suspend")}
        </Button>
      </Part>
      {tenant.suspended_at ? (
        <Removal
          path={path}
          changes={[adminKeys.tenants]}
          action={t("adminPeople.tenants.delete")}
          title={t("adminPeople.tenants.deleteTitle", { name: tenant.name })}
          text={t("adminPeople.tenants.deleteText")}
          said={t("adminPeople.tenants.deleted")}
          onGone={onGone}
        />
      ) : null}
    </div>
  );
}
