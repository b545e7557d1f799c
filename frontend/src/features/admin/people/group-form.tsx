import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { text, textOrNull } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { GroupRead } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** A group's terms: new, or changed. */
export function GroupForm({ group, onDone }: { group: GroupRead | null; onDone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = (data: FormData) =>
    json(group ? `/groups/${group.id}` : "/groups", {
      method: group ? "PATCH" : "POST",
      body: {
        name: text(data, "name"),
        description: text(data, "description"),
        role: textOrNull(data, "role"),
      },
    });
  return (
    <Form
      act={save}
      changes={[adminKeys.groups]}
      onDone={() => {
        toast(t("adminPeople.groups.saved"));
        onDone();
      }}
      submit={group ? t("admin.save") : t("adminPeople.groups.make")}
    >
      <Line
        name="name"
        label={t("adminPeople.groups.name")}
        placeholder={t("adminPeople.groups.example")}
        defaultValue={group?.name ?? ""}
      />
      <Line name="description" label={t("adminPeople.groups.description")} defaultValue={group?.description ?? ""} />
      <RoleChoice
        name="role"
        label={t("adminPeople.groups.role")}
        hint={t("adminPeople.groups.roleHint")}
        value={group?.role ?? ""}
        none={t("adminPeople.groups.noRole")}
      />
    </Form>
  );
}
