import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { GroupRead } from "#shared/api/schema.d.ts";
import { GroupDetail } from "./group-detail.tsx";
import { GroupForm } from "./group-form.tsx";

/** Teams: whom budgets bind together, and whose role their members hold beside their own. */
export function GroupsPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const groups = usePages<GroupRead>(adminKeys.groups, "/groups", { limit: 100 });
  const making = {
    label: t("adminPeople.groups.make"),
    form: (done: () => void) => <GroupForm group={null} onDone={() => done()} />,
  };
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
    <ListPage
      title={t("admin.places.groups")}
      lead={t("adminPeople.groups.lead")}
      query={groups}
      idOf={({ id }) => id}
      empty={{ title: t("adminPeople.groups.emptyTitle"), text: t("adminPeople.groups.emptyText") }}
      makings={may("users:manage") ? [making] : []}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.groups")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          words={({ name, description }) => `${name} ${description}`}
          more={groups.more}
          onOpen={open}
        />
      )}
      detail={(group, close) => ({
        title: group.name,
        lead: group.description,
        content: <GroupDetail group={group} onGone={close} />,
      })}
    />
  );
}
