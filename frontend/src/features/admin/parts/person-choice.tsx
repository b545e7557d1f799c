import { useTranslation } from "react-i18next";
import type { MemberRead } from "#shared/api/schema.d.ts";
import { adminKeys, useEvery } from "./api.ts";
import { Choice } from "./fields.tsx";

type PersonChoiceProps = { name: string; label: string; onChoose: (person: MemberRead | null) => void };

/** One of the organisation's accounts. */
export function PersonChoice({ name, label, onChoose }: PersonChoiceProps) {
  const { t } = useTranslation();
  const users = useEvery<MemberRead>(adminKeys.users, "/users");
  return (
    <div className="space-y-2">
      <Choice
        name={name}
        label={label}
        onChange={({ target }) => onChoose(users.data?.find(({ id }) => id === target.value) ?? null)}
        options={[
          { value: "", label: t("admin.person.choose") },
          ...(users.data ?? []).map((user) => ({ value: user.id, label: nameOf(user) })),
        ]}
      />
      {users.more.hasMore ? (
        <button type="button" className="text-accent text-xs hover:underline" onClick={users.more.load}>
          {t("admin.table.more")}
        </button>
      ) : null}
    </div>
  );
}

/** As a person is told from others. */
function nameOf({ name, email }: MemberRead): string {
  return name && email ? `${name} (${email})` : name || email || "";
}
