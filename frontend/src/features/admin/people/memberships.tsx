import { useTranslation } from "react-i18next";
import { adminKeys, useEvery } from "#features/admin/parts/api.ts";
import { Part } from "#features/admin/parts/part.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { send } from "#shared/api/client.ts";
import type { GroupRead, MemberRead } from "#shared/api/schema.d.ts";

/** The groups of a user, in and out by a tick. */
export function Memberships({ user }: { user: MemberRead }) {
  const { t } = useTranslation();
  const groups = useEvery<GroupRead>(adminKeys.groups, "/groups");
  const change = useChange({
    act: ({ id, isIn }: { id: string; isIn: boolean }) =>
      send(`/groups/${id}/members/${user.id}`, { method: isIn ? "DELETE" : "PUT" }),
    changes: [adminKeys.users],
  });
  if (!groups.data?.length) return null;
  return (
    <Part title={t("adminPeople.users.groups")}>
      <div className="grid gap-2">
        {groups.data.map(({ id, name }) => {
          const isIn = user.groups.some((group) => group.id === id);
          return (
            <label key={id} className="flex w-fit items-center gap-2.5 text-sm">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={isIn}
                disabled={change.isPending}
                onChange={() => change.mutate({ id, isIn })}
              />
              {name}
            </label>
          );
        })}
      </div>
    </Part>
  );
}
