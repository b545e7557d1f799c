import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { send } from "#shared/api/client.ts";
import type { InvitationRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";

/** Who was asked in and has not come yet. */
export function Invitations() {
  const { t } = useTranslation();
  const format = useFormat();
  const invitations = usePages<InvitationRead>(adminKeys.invitations, "/invitations", { limit: 100 });
  const takeBack = useChange({
    act: (id: string) => send(`/invitations/${id}`, { method: "DELETE" }),
    changes: [adminKeys.invitations],
    said: t("adminPeople.invitations.takenBack"),
  });
  return (
    <Card title={t("adminPeople.invitations.title")} lead={t("adminPeople.invitations.lead")}>
      <Loaded query={invitations} rows={2}>
        {(data) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminPeople.invitations.none")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {data.map(({ id, email, role, expires_at }) => (
                <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 first:pt-0 last:pb-0">
                  <div className="min-w-0 flex-1 basis-52">
                    <p className="truncate font-medium text-sm">{email}</p>
                    <p className="text-faint text-xs">
                      {t("adminPeople.invitations.as", { role })} ·{" "}
                      {t("adminPeople.invitations.until", { when: format.moment(expires_at) })}
                    </p>
                  </div>
                  <Button
                    disabled={takeBack.isPending}
                    aria-label={t("adminPeople.invitations.takeBackOf", { email })}
                    onClick={() => takeBack.mutate(id)}
                  >
                    {t("adminPeople.invitations.takeBack")}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
