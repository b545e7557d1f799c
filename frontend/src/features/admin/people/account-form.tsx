import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** A service account: who acts through keys alone. */
export function AccountForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  return (
    <Form
      act={(data) =>
        json("/service-accounts", { method: "POST", body: { name: text(data, "name"), role: text(data, "role") } })
      }
      changes={[adminKeys.users]}
      onDone={() => {
        toast(t("adminPeople.users.accountMade"));
        onDone();
      }}
      onCancel={onDone}
      submit={t("adminPeople.users.makeAccount")}
    >
      <Line name="name" label={t("adminPeople.users.name")} placeholder={t("adminPeople.users.accountExample")} />
      <RoleChoice name="role" label={t("adminPeople.users.role")} value="member" />
    </Form>
  );
}
