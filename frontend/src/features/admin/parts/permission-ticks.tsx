import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { PermissionList } from "#shared/api/schema.d.ts";
import type words from "#shared/i18n/locales/en/admin.json";
import { adminKeys, answerQuery } from "./api.ts";
import { Tick, Ticks } from "./fields.tsx";
import { Loaded } from "./loaded.tsx";
import { useAdmin } from "./use-admin.ts";

type Known = keyof typeof words.admin.permissions;

/** What a permission lets do, in words; of one newer than this app, the server's own. */
export function usePermissionMeaning(): (name: string, meaning?: string) => string {
  const { t, i18n } = useTranslation();
  return (name, meaning = name) => {
    const key = `admin.permissions.${name.replace(":", "_") as Known}` as const;
    // As a value: its own type would forget which key it is.
    const isKnown: boolean = i18n.exists(key);
    return isKnown ? t(key) : meaning;
  };
}

/** All that somebody may be given; a form that writes permissions waits for it. */
export function usePermissions() {
  return useQuery(answerQuery<PermissionList>(adminKeys.roles, "/permissions"));
}

type PermissionTicksProps = { legend: string; hint?: string; chosen: readonly string[] };

/** What somebody may be given: nobody gives what they do not hold. */
export function PermissionTicks({ legend, hint, chosen }: PermissionTicksProps) {
  const { session } = useAdmin();
  const meaningOf = usePermissionMeaning();
  const permissions = usePermissions();
  return (
    <Ticks legend={legend} {...(hint ? { hint } : {})}>
      <Loaded query={permissions}>
        {({ data }) =>
          data
            .filter(({ name }) => session.permissions.includes(name) || chosen.includes(name))
            .map(({ name, meaning }) => (
              <Tick
                key={name}
                name="permissions"
                value={name}
                label={name}
                hint={meaningOf(name, meaning)}
                defaultChecked={chosen.includes(name)}
              />
            ))
        }
      </Loaded>
    </Ticks>
  );
}
