import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { MemberRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { Memberships } from "./memberships.tsx";
import { RoleChoice } from "./role-choice.tsx";
import { UserSessions } from "./user-sessions.tsx";

type UserDetailProps = { user: MemberRead; canChange: boolean; onGone: () => void };

/** All of a user, and what can be changed of them. */
export function UserDetail({ user, canChange, onGone }: UserDetailProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const path = `/users/${user.id}`;
  const turn = useChange({
    act: () => json(path, { method: "PATCH", body: { suspended: user.suspended_at === null } }),
    changes: [adminKeys.users],
    said: t(user.suspended_at ? "adminPeople.users.letBack" : "adminPeople.users.suspendedNow"),
  });
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminPeople.users.kind"), t(`adminPeople.kinds.${user.kind}`)],
          [t("adminPeople.users.role"), user.role],
          [t("adminPeople.users.groups"), user.groups.map(({ name }) => name).join(", ") || "–"],
          [t("adminPeople.users.since"), format.moment(user.created_at)],
          ...(user.suspended_at ? [[t("adminPeople.users.suspended"), format.moment(user.suspended_at)] as const] : []),
          [
            t("adminPeople.users.id"),
            <code key="id" className="select-all break-all font-mono text-xs">
              {user.id}
            </code>,
          ],
        ]}
      />
      {canChange ? (
        <>
          <Part title={t("adminPeople.users.change")}>
            <Form
              act={(data) =>
                json(path, { method: "PATCH", body: { name: text(data, "name"), role: text(data, "role") } })
              }
              changes={[adminKeys.users]}
              onDone={() => toast(t("adminPeople.users.changed"))}
              submit={t("admin.save")}
            >
              <Line name="name" label={t("adminPeople.users.name")} defaultValue={user.name} />
              <RoleChoice name="role" label={t("adminPeople.users.role")} value={user.role} />
            </Form>
          </Part>
          <Memberships user={user} />
          {user.kind === "person" ? <UserSessions userId={user.id} /> : null}
          <Part
            title={t(user.suspended_at ? "adminPeople.users.letBackTitle" : "adminPeople.users.suspend")}
            lead={t("adminPeople.users.suspendLead")}
          >
            <Button disabled={turn.isPending} onClick={() => turn.mutate(undefined)}>
              {t(user.suspended_at ? "adminPeople.users.letBackTitle" : "adminPeople.users.suspend")}
            </Button>
          </Part>
          <Removal
            path={user.kind === "service" ? `/service-accounts/${user.id}` : path}
            changes={[adminKeys.users]}
            action={t("adminPeople.users.remove")}
            title={t("adminPeople.users.removeTitle", { name: user.name || user.email })}
            text={t("adminPeople.users.removeText")}
            said={t("adminPeople.users.removed")}
            onGone={onGone}
          />
        </>
      ) : null}
    </div>
  );
}
