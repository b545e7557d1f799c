import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { adminKeys, useEvery } from "#features/admin/parts/api.ts";
import { Choice } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { send } from "#shared/api/client.ts";
import type { GroupRead, MemberRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { GroupForm } from "./group-form.tsx";

/** A group with its members. */
export function GroupDetail({ group, onGone }: { group: GroupRead; onGone: () => void }) {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const canChange = may("users:manage");
  return (
    <div className="space-y-6">
      <Members group={group} canChange={canChange} />
      {canChange ? (
        <>
          <Part title={t("adminPeople.groups.change")}>
            <GroupForm group={group} onDone={() => undefined} />
          </Part>
          <Removal
            path={`/groups/${group.id}`}
            changes={[adminKeys.groups, adminKeys.users]}
            action={t("adminPeople.groups.delete")}
            title={t("adminPeople.groups.deleteTitle", { name: group.name })}
            text={t("adminPeople.groups.deleteText")}
            said={t("adminPeople.groups.deleted")}
            onGone={onGone}
          />
        </>
      ) : null}
    </div>
  );
}

function Members({ group, canChange }: { group: GroupRead; canChange: boolean }) {
  const { t } = useTranslation();
  const members = useEvery<MemberRead>(adminKeys.users, "/users", { group_id: group.id });
  const all = useEvery<MemberRead>(adminKeys.users, "/users", {}, canChange);
  const takeOut = useChange({
    act: (userId: string) => send(`/groups/${group.id}/members/${userId}`, { method: "DELETE" }),
    changes: [adminKeys.users],
  });
  const others = all.data?.filter(({ id }) => !members.data?.some((member) => member.id === id)) ?? [];
  return (
    <section aria-label={t("adminPeople.groups.members")} className="space-y-3">
      <h3 className="font-semibold text-sm">{t("adminPeople.groups.members")}</h3>
      <Loaded query={members} rows={2}>
        {(data) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminPeople.groups.nobody")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {data.map(({ id, name, email, role }) => (
                <li key={id} className="flex items-center gap-3 py-1.5 text-sm">
                  <span className="min-w-0 flex-1 truncate">{name || email}</span>
                  <span className="text-faint text-xs">{role}</span>
                  {canChange ? (
                    <IconButton
                      icon={X}
                      size="small"
                      label={t("adminPeople.groups.takeOut", { name: name || email })}
                      onClick={() => takeOut.mutate(id)}
                    />
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {members.more.hasMore ? <Button onClick={members.more.load}>{t("admin.table.more")}</Button> : null}
      {canChange && others.length > 0 ? (
        <Form
          act={(data) => send(`/groups/${group.id}/members/${text(data, "user_id")}`, { method: "PUT" })}
          changes={[adminKeys.users]}
          onDone={() => undefined}
          submit={t("adminPeople.groups.takeIn")}
        >
          <Choice
            name="user_id"
            label={t("adminPeople.groups.whom")}
            options={others.map(({ id, name, email }) => ({ value: id, label: name || email || id }))}
          />
        </Form>
      ) : null}
    </section>
  );
}
