import { Plus, UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Page } from "#features/admin/parts/page.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { SearchField } from "#features/admin/parts/search-field.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { MemberRead } from "#shared/api/schema.d.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { Button } from "#shared/ui/button.tsx";
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
  const [making, setMaking] = useState<"invitation" | "account" | null>(null);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const wanted = useSettled(search.trim(), 250);
  const users = usePages<MemberRead>(adminKeys.users, "/users", {
    limit: 50,
    search: wanted || undefined,
    kind: kind === "all" ? undefined : kind,
  });
  const opened = users.data?.find(({ id }) => id === openedId) ?? null;
  const canChange = may("users:manage");
  return (
    <Page
      title={t("admin.places.users")}
      lead={t("adminPeople.users.lead")}
      actions={
        canChange ? (
          <>
            <Button onClick={() => setMaking("account")}>
              <Plus aria-hidden="true" className="size-4" />
              {t("adminPeople.users.makeAccount")}
            </Button>
            <Button look="primary" onClick={() => setMaking("invitation")}>
              <UserPlus aria-hidden="true" className="size-4" />
              {t("adminPeople.users.invite")}
            </Button>
          </>
        ) : null
      }
    >
      <div className="flex flex-wrap gap-2">
        <SearchField value={search} onChange={setSearch} label={t("adminPeople.users.search")} />
        <Picker
          label={t("adminPeople.users.kind")}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`adminPeople.kinds.${value}`) }))}
        />
      </div>
      <Loaded query={users}>
        {(data) => <UserTable users={data} more={users.more} onOpen={({ id }) => setOpenedId(id)} />}
      </Loaded>
      {canChange ? <Invitations /> : null}
      <Drawer
        isForm
        open={making !== null}
        onClose={() => setMaking(null)}
        title={t(making === "account" ? "adminPeople.users.makeAccount" : "adminPeople.users.invite")}
        lead={t(making === "account" ? "adminPeople.users.accountLead" : "adminPeople.users.inviteLead")}
      >
        {making === "account" ? (
          <AccountForm onDone={() => setMaking(null)} />
        ) : (
          <InvitationForm onDone={() => setMaking(null)} />
        )}
      </Drawer>
      <Drawer
        open={opened !== null}
        onClose={() => setOpenedId(null)}
        title={opened?.name || opened?.email || ""}
        {...(opened?.email ? { lead: opened.email } : {})}
      >
        {opened ? (
          <UserDetail key={opened.id} user={opened} canChange={canChange} onGone={() => setOpenedId(null)} />
        ) : null}
      </Drawer>
    </Page>
  );
}

type UserTableProps = {
  users: readonly MemberRead[];
  more: { hasMore: boolean; isBusy: boolean; load: () => void };
  onOpen: (user: MemberRead) => void;
};

function UserTable({ users, more, onOpen }: UserTableProps) {
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
      more={more}
      onOpen={onOpen}
    />
  );
}
