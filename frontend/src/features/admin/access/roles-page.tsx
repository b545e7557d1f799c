import { useTranslation } from "react-i18next";
import { adminKeys, useWhole } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import type { RoleRead } from "#shared/api/schema.d.ts";
import { RoleForm } from "./role-form.tsx";

/** What those who hold a role may do. */
export function RolesPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const roles = useWhole<RoleRead>(adminKeys.roles, "/roles");
  const columns: Column<RoleRead>[] = [
    { id: "name", header: t("adminAccess.roles.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "kind",
      header: t("adminAccess.roles.kind"),
      cell: ({ id }) => (
        <Badge tone={id ? "good" : "calm"}>{t(id ? "adminAccess.roles.own" : "adminAccess.roles.builtIn")}</Badge>
      ),
    },
    {
      id: "permissions",
      header: t("adminAccess.roles.permissions"),
      cell: ({ permissions }) => t("adminAccess.roles.count", { count: permissions.length }),
      sort: ({ permissions }) => permissions.length,
    },
    {
      id: "models",
      header: t("adminAccess.roles.models"),
      cell: ({ models }) => models?.join(", ") ?? t("adminAccess.roles.allModels"),
      isWide: true,
    },
  ];
  const making = {
    label: t("adminAccess.roles.make"),
    form: (done: () => void) => <RoleForm onDone={() => done()} />,
  };
  return (
    <ListPage
      title={t("admin.places.roles")}
      lead={t("adminAccess.roles.lead")}
      query={roles}
      idOf={({ name }) => name}
      makings={may("roles:manage") ? [making] : []}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.roles")}
          columns={columns}
          rows={data}
          rowKey={({ name }) => name}
          onOpen={open}
        />
      )}
      detail={(role, close) => ({
        title: role.name,
        lead: role.description,
        content: <RoleForm role={role} onDone={close} />,
      })}
    />
  );
}
