import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { send } from "#shared/api/client.ts";
import type { DeviceList } from "#shared/api/schema.d.ts";
import { deviceName } from "#shared/lib/device-name.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";

/** Where a person is signed in, and out of all of it; and what they do when they lost their second factor. */
export function UserSessions({ userId }: { userId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isAsking, setAsking] = useState(false);
  const path = `/users/${userId}/sessions`;
  const sessions = useQuery(answerQuery<DeviceList>(adminKeys.sessions, path));
  const end = useChange({
    act: () => send(path, { method: "DELETE" }),
    changes: [adminKeys.sessions],
    said: t("adminPeople.sessions.ended"),
  });
  const reset = useChange({
    act: () => send(`/users/${userId}/factors`, { method: "DELETE" }),
    changes: [adminKeys.sessions],
    said: t("adminPeople.sessions.factorsGone"),
  });
  return (
    <Part title={t("adminPeople.sessions.title")}>
      <Loaded query={sessions} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminPeople.sessions.none")}</p>
          ) : (
            <ul className="space-y-2">
              {data.map((session) => (
                <li key={session.id} className="text-sm">
                  {deviceName(session.user_agent) || t("adminPeople.sessions.unknown")}
                  <span className="block text-faint text-xs">
                    <span dir="ltr">{session.address}</span> · {format.moment(session.last_seen_at)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <div className="mt-3 flex flex-wrap gap-2">
        {sessions.data?.data.length ? (
          <Button disabled={end.isPending} onClick={() => end.mutate(undefined)}>
            {t("adminPeople.sessions.end")}
          </Button>
        ) : null}
        <Button disabled={reset.isPending} onClick={() => setAsking(true)}>
          {t("adminPeople.sessions.resetFactors")}
        </Button>
      </div>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={t("adminPeople.sessions.resetTitle")}
        text={t("adminPeople.sessions.resetText")}
        action={t("adminPeople.sessions.resetFactors")}
        onConfirm={() => reset.mutate(undefined)}
      />
    </Part>
  );
}
