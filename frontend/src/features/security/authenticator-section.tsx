import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FactorsRead, TotpCreated } from "#shared/api/account-types.ts";
import { keys } from "#shared/api/keys.ts";
import { AuthenticatorSetup } from "#shared/ui/authenticator-setup.tsx";
import { Button } from "#shared/ui/button.tsx";
import { CodeForm } from "#shared/ui/code-form.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { RecoveryCodes } from "#shared/ui/recovery-codes.tsx";
import { Section } from "#shared/ui/section.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { beginTotp, confirmTotp, makeRecoveryCodes, removeTotp } from "./api.ts";
import { useAct } from "./use-act.ts";
import { useMoment } from "./use-moment.ts";

const CHANGES = [keys.factors];

/** The authenticator app and the recovery codes that go with it. */
export function AuthenticatorSection({ factors }: { factors: FactorsRead }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const toast = useToast();
  const [asked, setAsked] = useState<"remove" | "codes" | null>(null);
  const [totp, setTotp] = useState<TotpCreated | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);

  const begin = useAct({ act: beginTotp, changes: [], onDone: setTotp });
  const fresh = useAct({ act: makeRecoveryCodes, changes: CHANGES, onDone: setCodes });
  const remove = useAct({ act: removeTotp, changes: CHANGES, onDone: () => toast(t("security.appRemoved")) });
  const confirm = useMutation({
    mutationFn: confirmTotp,
    onSuccess: () => {
      setTotp(null);
      // An app without recovery codes is a door with one key.
      fresh.mutate(undefined);
    },
  });
  const since = factors.totp_since;
  return (
    <>
      <Section
        title={t("security.app")}
        lead={since ? t("security.appSince", { date: moment(since, "day") }) : t("security.appNone")}
        action={
          since ? (
            <Button onClick={() => setAsked("remove")}>{t("security.remove")}</Button>
          ) : (
            <Button disabled={begin.isPending} onClick={() => begin.mutate(undefined)}>
              {t("security.setUp")}
            </Button>
          )
        }
      />
      {since ? (
        <Section
          title={t("recovery.title")}
          lead={t("security.codesLeft", { count: factors.recovery_codes_left })}
          action={<Button onClick={() => setAsked("codes")}>{t("security.newCodes")}</Button>}
        />
      ) : null}
      <Dialog open={totp !== null} onOpenChange={(open) => !open && setTotp(null)} title={t("security.appTitle")}>
        {totp ? (
          <div className="mt-4">
            <AuthenticatorSetup totp={totp}>
              <CodeForm
                kind="app"
                busy={confirm.isPending}
                error={confirm.error}
                action={t("security.confirm")}
                onSubmit={confirm.mutate}
              />
            </AuthenticatorSetup>
          </div>
        ) : null}
      </Dialog>
      <Dialog open={codes !== null} onOpenChange={(open) => !open && setCodes(null)} title={t("recovery.keep")}>
        {codes ? (
          <div className="mt-3">
            <RecoveryCodes codes={codes} />
            <Button look="primary" className="mt-5 h-11 w-full" onClick={() => setCodes(null)}>
              {t("recovery.kept")}
            </Button>
          </div>
        ) : null}
      </Dialog>
      <Confirm
        open={asked === "remove"}
        onOpenChange={(open) => !open && setAsked(null)}
        title={t("security.appRemoveTitle")}
        text={t("security.appRemoveText")}
        action={t("security.remove")}
        onConfirm={() => remove.mutate(undefined)}
      />
      <Confirm
        open={asked === "codes"}
        onOpenChange={(open) => !open && setAsked(null)}
        title={t("security.newCodesTitle")}
        text={t("security.newCodesText")}
        action={t("security.newCodes")}
        onConfirm={() => fresh.mutate(undefined)}
      />
    </>
  );
}
