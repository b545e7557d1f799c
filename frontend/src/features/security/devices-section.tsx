import { LogOut, MonitorSmartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { DeviceRead } from "#shared/api/account-types.ts";
import { keys } from "#shared/api/keys.ts";
import { deviceName } from "#shared/lib/device-name.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Section } from "#shared/ui/section.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { endOtherSessions, endSession } from "./api.ts";
import { useAct } from "./use-act.ts";
import { useMoment } from "./use-moment.ts";

const CHANGES = [keys.devices];
const WORDS = ["password", "passkey", "oidc", "totp", "recovery_code"] as const;

/** How somebody proved who they are, in words: `password+totp` is a password and an authenticator app. */
function useMethod(): (method: string) => string {
  const { t } = useTranslation();
  return (method) =>
    method
      .split("+")
      .map((part) => {
        const known = WORDS.find((word) => word === part);
        return known ? t(`security.methods.${known}`) : part;
      })
      .join(" + ");
}

/** Where one is signed in, and out again from here. */
export function DevicesSection({ devices }: { devices: readonly DeviceRead[] }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const method = useMethod();
  const toast = useToast();
  const end = useAct({ act: endSession, changes: CHANGES, onDone: () => toast(t("security.ended")) });
  const endOthers = useAct({ act: endOtherSessions, changes: CHANGES, onDone: () => toast(t("security.endedOthers")) });
  const others = devices.some((device) => !device.is_this_one);
  return (
    <Section
      title={t("security.devices")}
      lead={t("security.devicesLead")}
      action={
        others ? (
          <Button disabled={endOthers.isPending} onClick={() => endOthers.mutate(undefined)}>
            {t("security.endOthers")}
          </Button>
        ) : null
      }
    >
      <ul className="mt-4 divide-y divide-line border-line border-t">
        {devices.map((device) => (
          <li key={device.id} className="flex items-center gap-3 py-3 last:pb-0">
            <MonitorSmartphone aria-hidden="true" className="size-[18px] shrink-0 text-soft" />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium text-sm">
                {deviceName(device.user_agent) || t("security.unknownDevice")}
                {device.is_this_one ? (
                  <span className="ms-2 rounded-md bg-accent-wash px-1.5 py-0.5 text-accent text-xs">
                    {t("security.thisDevice")}
                  </span>
                ) : null}
              </p>
              <p className="text-faint text-xs">
                <span dir="ltr">{device.address}</span> · {method(device.method)} ·{" "}
                {t("security.lastUsed", { date: moment(device.last_seen_at) })}
              </p>
            </div>
            {device.is_this_one ? null : (
              <IconButton
                icon={LogOut}
                label={t("security.endOf", { name: deviceName(device.user_agent) || device.address })}
                onClick={() => end.mutate(device.id)}
              />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
