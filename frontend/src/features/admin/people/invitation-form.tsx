import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Line, Tick, Ticks } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { text, texts } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { GroupRead } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** Asks somebody in, by e-mail. */
export function InvitationForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const groups = usePages<GroupRead>(adminKeys.groups, "/groups", { limit: 100 });
  return (
    <Form
      act={(data) =>
        json("/invitations", {
          method: "POST",
          body: { email: text(data, "email"), role: text(data, "role"), group_ids: texts(data, "group_ids") },
        })
      }
      changes={[adminKeys.invitations]}
      onDone={() => {
        toast(t("adminPeople.users.invited"));
        onDone();
      }}
      onCancel={onDone}
      submit={t("adminPeople.users.invite")}
    >
      <Line
        name="email"
        type="email"
        label={t("adminPeople.users.email")}
        placeholder="ada@example.org"
        hint={t("adminPeople.users.emailHint")}
      />
      <RoleChoice name="role" label={t("adminPeople.users.role")} value="member" />
      {groups.data?.length ? (
        <Ticks legend={t("adminPeople.users.groups")}>
          {groups.data.map(({ id, name, description }) => (
            <Tick key={id} name="group_ids" value={id} label={name} hint={description} />
          ))}
        </Ticks>
      ) : null}
    </Form>
  );
}
