import { useQuery } from "@tanstack/react-query";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Choice } from "#features/admin/parts/fields.tsx";
import type { RoleList } from "#shared/api/schema.d.ts";

type RoleChoiceProps = { name: string; label: string; hint?: string; value: string; none?: string };

/** One of the organisation's roles, or none where that is possible. */
export function RoleChoice({ name, label, hint, value, none }: RoleChoiceProps) {
  const roles = useQuery(answerQuery<RoleList>(adminKeys.roles, "/roles"));
  // What holds now can be chosen before the list is there.
  const names = new Set([...(roles.data?.data ?? []).map((role) => role.name), ...(value ? [value] : [])]);
  return (
    <Choice
      key={roles.data ? "known" : "unknown"}
      name={name}
      label={label}
      {...(hint ? { hint } : {})}
      defaultValue={value}
      options={[
        ...(none ? [{ value: "", label: none }] : []),
        ...[...names].map((role) => ({ value: role, label: role })),
      ]}
    />
  );
}
