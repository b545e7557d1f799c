import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Empty, Page } from "#features/admin/parts/page.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { GroupRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { GroupDetail } from "./group-detail.tsx";
import { GroupForm } from "./group-form.tsx";

/** Teams: whom budgets bind together, and whose role their members hold beside their own. */
export function GroupsPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const [isMaking, setMaking] = useState(false);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const groups = usePages<GroupRead>(adminKeys.groups, "/groups", { limit: 100 });
  const opened = groups.data?.find(({ id }) => id === openedId) ?? null;
  const make = may("users:manage") ? (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" className="size-4" />
      {t("adminPeople.groups.make")}
    </Button>
  ) : null;
  const columns: Column<GroupRead>[] = [
    { id: "name", header: t("adminPeople.groups.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "role",
      header: t("adminPeople.groups.role"),
      cell: ({ role }) => role ?? "–",
      sort: ({ role }) => role ?? "",
    },
    {
      id: "description",
      header: t("adminPeople.groups.description"),
      cell: ({ description }) => description || "–",
      isWide: true,
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
    <Page
      title={t("admin.places.groups")}
      lead={t("adminPeople.groups.lead")}
      actions={groups.data?.length ? make : null}
    >
      <Loaded query={groups}>
        {(data) =>
          data.length === 0 ? (
            <Empty title={t("adminPeople.groups.emptyTitle")} text={t("adminPeople.groups.emptyText")} action={make} />
          ) : (
            <DataTable
              label={t("admin.places.groups")}
              columns={columns}
              rows={data}
              rowKey={({ id }) => id}
              words={({ name, description }) => `${name} ${description}`}
              more={groups.more}
              onOpen={({ id }) => setOpenedId(id)}
            />
          )
        }
      </Loaded>
      <Drawer isForm open={isMaking} onClose={() => setMaking(false)} title={t("adminPeople.groups.make")}>
        <GroupForm group={null} onDone={() => setMaking(false)} />
      </Drawer>
      <Drawer
        open={opened !== null}
        onClose={() => setOpenedId(null)}
        title={opened?.name ?? ""}
        {...(opened?.description ? { lead: opened.description } : {})}
      >
        {opened ? <GroupDetail key={opened.id} group={opened} onGone={() => setOpenedId(null)} /> : null}
      </Drawer>
    </Page>
  );
}
