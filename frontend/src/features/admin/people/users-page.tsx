import { UserPlus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { SearchField } from "#features/admin/parts/search-field.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { MemberRead } from "#shared/api/schema.d.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { AccountForm } from "./account-form.tsx";
import { InvitationForm } from "./invitation-form.tsx";
import { Invitations } from "./invitations.tsx";
import { UserDetail } from "./user-detail.tsx";

const KINDS = ["all", "person", "service"] as const;

/** Who acts in the organisation: persons, and accounts of programs. */
export function UsersPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("all");
  const wanted = useSettled(search.trim(), 250);
  const users = usePages<MemberRead>(adminKeys.users, "/users", {
    limit: 50,
    search: wanted || undefined,
    kind: kind === "all" ? undefined : kind,
  });
  const canChange = may("users:manage");
  const makings = [
    {
      label: t("adminPeople.users.makeAccount"),
      lead: t("adminPeople.users.accountLead"),
      form: (done: () => void) => <AccountForm onDone={() => done()} />,
    },
    {
      label: t("adminPeople.users.invite"),
      lead: t("adminPeople.users.inviteLead"),
      icon: UserPlus,
      form: (done: () => void) => <InvitationForm onDone={() => done()} />,
    },
  ];
  const filters = (
    <>
      <SearchField value={search} onChange={setSearch} label={t("adminPeople.users.search")} />
      <Picker
        label={t("adminPeople.users.kind")}
        value={kind}
        onChange={setKind}
        options={KINDS.map((value) => ({ value, label: t(`adminPeople.kinds.${value}`) }))}
      />
    </>
  );
  return (
    <ListPage
      title={t("admin.places.users")}
      lead={t("adminPeople.users.lead")}
      query={users}
      idOf={({ id }) => id}
      makings={canChange ? makings : []}
      rows={(data, open) => <UserTable users={data} filters={filters} more={users.more} onOpen={open} />}
      detail={(user, close) => ({
        title: user.name || user.email || "",
        lead: user.email,
        content: <UserDetail user={user} canChange={canChange} onGone={close} />,
      })}
    >
      {canChange ? <Invitations /> : null}
    </ListPage>
  );
}

type UserTableProps = {
  users: readonly MemberRead[];
  filters: ReactNode;
  more: { hasMore: boolean; isBusy: boolean; load: () => void };
  onOpen: (user: MemberRead) => void;
};

function UserTable({ users, filters, more, onOpen }: UserTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<MemberRead>[] = [
    {
      id: "name",
      header: t("adminPeople.users.name"),
      cell: ({ name, email }) => name || email,
      sort: ({ name, email }) => name || (email ?? ""),
    },
    { id: "email", header: t("adminPeople.users.email"), cell: ({ email }) => email ?? "–", isWide: true },
    {
      id: "kind",
      header: t("adminPeople.users.kind"),
      cell: ({ kind, operator, suspended_at }) => (
        <span className="inline-flex flex-wrap gap-1">
          {kind === "service" ? <Badge>{t("adminPeople.kinds.service")}</Badge> : null}
          {operator ? <Badge tone="good">{t("adminPeople.users.operator")}</Badge> : null}
          {suspended_at ? <Badge tone="bad">{t("adminPeople.users.suspended")}</Badge> : null}
        </span>
      ),
    },
    { id: "role", header: t("adminPeople.users.role"), cell: ({ role }) => role, sort: ({ role }) => role },
    {
      id: "groups",
      header: t("adminPeople.users.groups"),
      cell: ({ groups }) => groups.map(({ name }) => name).join(", ") || "–",
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
    <DataTable
      label={t("admin.places.users")}
      columns={columns}
      rows={users}
      rowKey={({ id }) => id}
      filters={filters}
      more={more}
      onOpen={onOpen}
    />
  );
}
