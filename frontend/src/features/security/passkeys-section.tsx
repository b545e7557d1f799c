import { KeyRound, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PasskeyRead } from "#shared/api/account-types.ts";
import { keys } from "#shared/api/keys.ts";
import { deviceName } from "#shared/lib/device-name.ts";
import { canUsePasskeys } from "#shared/lib/passkeys.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { TextField } from "#shared/ui/field.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Section } from "#shared/ui/section.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { addPasskey, beginPasskey, removePasskey, renamePasskey } from "./api.ts";
import { useAct } from "./use-act.ts";
import { useMoment } from "./use-moment.ts";

const CHANGES = [keys.passkeys, keys.factors];

type Asked = { what: "rename" | "remove"; passkey: PasskeyRead };

/** Passkeys: made, given a name, removed. */
export function PasskeysSection({ passkeys }: { passkeys: readonly PasskeyRead[] }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const toast = useToast();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);

  const add = useAct({
    act: async () => addPasskey(await beginPasskey(), deviceName(navigator.userAgent) || t("security.passkey")),
    changes: CHANGES,
    onDone: () => toast(t("security.passkeyAdded")),
  });
  const rename = useAct({
    act: ({ id, name }: { id: string; name: string }) => renamePasskey(id, name),
    changes: CHANGES,
    onDone: close,
  });
  const remove = useAct({ act: removePasskey, changes: CHANGES, onDone: () => toast(t("security.passkeyRemoved")) });

  const submitName = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (asked && name) rename.mutate({ id: asked.passkey.id, name });
  };
  const able = canUsePasskeys();
  return (
    <Section
      title={t("security.passkeys")}
      lead={t(able ? "security.passkeysLead" : "security.passkeysUnable")}
      action={
        able ? (
          <Button disabled={add.isPending} onClick={() => add.mutate(undefined)}>
            {t("security.addPasskey")}
          </Button>
        ) : null
      }
    >
      {passkeys.length > 0 ? (
        <ul className="mt-4 divide-y divide-line border-line border-t">
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="flex items-center gap-2 py-3 last:pb-0">
              <KeyRound aria-hidden="true" className="size-[18px] shrink-0 text-soft" />
              <div className="ms-1 min-w-0 flex-1">
                <p className="truncate font-medium text-sm">{passkey.name}</p>
                <p className="text-faint text-xs">
                  {passkey.last_used_at
                    ? t("security.lastUsed", { date: moment(passkey.last_used_at) })
                    : t("security.made", { date: moment(passkey.created_at) })}
                </p>
              </div>
              <IconButton
                icon={Pencil}
                label={t("security.renameOf", { name: passkey.name })}
                onClick={() => setAsked({ what: "rename", passkey })}
              />
              <IconButton
                icon={Trash2}
                label={t("security.removeOf", { name: passkey.name })}
                onClick={() => setAsked({ what: "remove", passkey })}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <Dialog
        open={asked?.what === "rename"}
        onOpenChange={(open) => !open && close()}
        title={t("security.renameTitle")}
      >
        <form onSubmit={submitName} className="mt-4 space-y-4">
          <TextField
            label={t("security.name")}
            name="name"
            defaultValue={asked?.passkey.name}
            maxLength={60}
            autoComplete="off"
          />
          <Submit busy={rename.isPending}>{t("sidebar.rename")}</Submit>
        </form>
      </Dialog>
      <Confirm
        open={asked?.what === "remove"}
        onOpenChange={(open) => !open && close()}
        title={t("security.passkeyRemoveTitle")}
        text={t("security.passkeyRemoveText", { name: asked?.passkey.name ?? "" })}
        action={t("security.remove")}
        onConfirm={() => asked && remove.mutate(asked.passkey.id)}
      />
    </Section>
  );
}
