import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Page } from "#features/admin/parts/page.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import type { RoleList, RoleRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { RoleForm } from "./role-form.tsx";

/** What those who hold a role may do. */
export function RolesPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const [opened, setOpened] = useState<RoleRead | "new" | null>(null);
  const roles = useQuery(answerQuery<RoleList>(adminKeys.roles, "/roles"));
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
  return (
    <Page
      title={t("admin.places.roles")}
      lead={t("adminAccess.roles.lead")}
      actions={
        may("roles:manage") ? (
          <Button look="primary" onClick={() => setOpened("new")}>
            <Plus aria-hidden="true" className="size-4" />
            {t("adminAccess.roles.make")}
          </Button>
        ) : null
      }
    >
      <Loaded query={roles}>
        {({ data }) => (
          <DataTable
            label={t("admin.places.roles")}
            columns={columns}
            rows={data}
            rowKey={({ name }) => name}
            onOpen={setOpened}
          />
        )}
      </Loaded>
      <Drawer
        isForm={opened === "new"}
        open={opened !== null}
        onClose={() => setOpened(null)}
        title={opened === "new" || opened === null ? t("adminAccess.roles.make") : opened.name}
        {...(opened !== "new" && opened?.description ? { lead: opened.description } : {})}
      >
        {opened ? <RoleForm role={opened === "new" ? null : opened} onDone={() => setOpened(null)} /> : null}
      </Drawer>
    </Page>
  );
}
