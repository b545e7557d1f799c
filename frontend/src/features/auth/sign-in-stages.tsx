import { KeyRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { canUsePasskeys } from "#shared/lib/passkeys.ts";
import { AuthenticatorSetup } from "#shared/ui/authenticator-setup.tsx";
import { Button } from "#shared/ui/button.tsx";
import { CodeForm } from "#shared/ui/code-form.tsx";
import { EntryCard } from "#shared/ui/entry-card.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { RecoveryCodes } from "#shared/ui/recovery-codes.tsx";
import type { SignIn } from "./use-sign-in.ts";

const LINK = "text-start font-medium text-accent text-sm underline-offset-4 hover:underline";

type StageProps = { signIn: SignIn };

function Ways({ signIn, children }: StageProps & { children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="mt-5 flex flex-col items-start gap-2.5">
      {children}
      <button type="button" className={LINK} onClick={signIn.beginAgain}>
        {t("signIn.beginAgain")}
      </button>
    </div>
  );
}

function Code({ signIn }: StageProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<"app" | "recovery">("app");
  const other = kind === "app" ? "recovery" : "app";
  return (
    <EntryCard title={t("signIn.codeTitle")} lead={t(`signIn.${kind}Lead`)}>
      <CodeForm
        key={kind}
        kind={kind}
        busy={signIn.busy === "code"}
        error={signIn.error}
        action={t("signIn.submit")}
        onSubmit={signIn.withCode}
      />
      <Ways signIn={signIn}>
        <button type="button" className={LINK} onClick={() => setKind(other)}>
          {t(`signIn.${other}Instead`)}
        </button>
        {canUsePasskeys() ? (
          <button type="button" className={LINK} onClick={() => signIn.withPasskey()}>
            {t("signIn.passkeyInstead")}
          </button>
        ) : null}
      </Ways>
    </EntryCard>
  );
}

function Passkey({ signIn }: StageProps) {
  const { t } = useTranslation();
  const able = canUsePasskeys();
  return (
    <EntryCard title={t("signIn.codeTitle")} lead={t(able ? "signIn.passkeyLead" : "signIn.passkeyUnable")}>
      <div className="space-y-4">
        {able ? (
          <Button
            look="primary"
            className="h-11 w-full"
            autoFocus
            disabled={signIn.busy !== null}
            onClick={() => signIn.withPasskey()}
          >
            <KeyRound aria-hidden="true" className="size-4" />
            {t("signIn.passkey")}
          </Button>
        ) : null}
        <FormProblem error={signIn.error} />
      </div>
      <Ways signIn={signIn} />
    </EntryCard>
  );
}

/** What comes after the password, where the server asks for more; nothing while it has not. */
export function SignInStages({ signIn }: StageProps) {
  const { t } = useTranslation();
  const { stage } = signIn;
  switch (stage.name) {
    case "password":
      return null;
    case "code":
      return <Code signIn={signIn} />;
    case "passkey":
      return <Passkey signIn={signIn} />;
    case "enrol":
      return (
        <EntryCard title={t("signIn.enrolTitle")} lead={t("signIn.enrolLead")}>
          <AuthenticatorSetup totp={stage.totp}>
            <CodeForm
              kind="app"
              busy={signIn.busy === "code"}
              error={signIn.error}
              action={t("signIn.enrolSubmit")}
              onSubmit={signIn.withCode}
            />
          </AuthenticatorSetup>
          <Ways signIn={signIn} />
        </EntryCard>
      );
    case "codes":
      return (
        <EntryCard title={t("recovery.keep")}>
          <RecoveryCodes codes={stage.codes} />
          <Button look="primary" autoFocus className="mt-5 h-11 w-full" onClick={signIn.finish}>
            {t("recovery.kept")}
          </Button>
        </EntryCard>
      );
  }
}
