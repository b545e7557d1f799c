import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { EntryCard } from "#shared/ui/entry-card.tsx";
import { PasswordField, TextField } from "#shared/ui/field.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import { acceptInvitation } from "./api.ts";
import { SignInStages } from "./sign-in-stages.tsx";
import { TokenField } from "./token-field.tsx";
import { useSignIn } from "./use-sign-in.ts";

type AcceptInvitationProps = {
  token: string;
  onSignedIn: (session: SessionRead) => void;
  /** Leads to sign-in, for who was accepted and could not be let in at once. */
  onward: ReactNode;
};

function said(form: FormData, name: string): string {
  return String(form.get(name) ?? "").trim();
}

/** Accepts an invitation and signs in, with every factor that the organisation asks for. */
export function AcceptInvitation({ token, onSignedIn, onward }: AcceptInvitationProps) {
  const { t } = useTranslation();
  const problem = useId();
  const signIn = useSignIn({ onSignedIn });
  const accept = useMutation({
    mutationFn: ({ form, password }: { form: FormData; password: string }) => {
      const name = said(form, "name");
      return acceptInvitation({ token: said(form, "token"), password, ...(name ? { name } : {}) });
    },
    onSuccess: ({ email, tenant_id }, { password }) => signIn.withPassword({ email, password, tenant_id }),
  });
  if (signIn.stage.name !== "password") return <SignInStages signIn={signIn} />;
  if (accept.isSuccess) {
    return (
      <EntryCard title={t("invitation.joined", { name: accept.data.tenant_name })}>
        {signIn.error ? (
          <div className="space-y-4">
            <FormProblem error={signIn.error} />
            {onward}
          </div>
        ) : (
          <p role="status" className="text-soft">
            {t("signIn.busy")}
          </p>
        )}
      </EntryCard>
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    accept.mutate({ form, password: String(form.get("password")) });
  };
  const hasAnother = accept.error !== null && asApiError(accept.error).code === "invalid_credentials";
  return (
    <EntryCard title={t("invitation.title")} lead={t("invitation.lead")}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <TokenField token={token} label={t("invitation.code")} />
        <TextField
          label={t("invitation.name")}
          name="name"
          autoComplete="name"
          maxLength={100}
          autoFocus={token !== ""}
        />
        <div>
          <PasswordField
            label={t("signIn.password")}
            name="password"
            autoComplete="new-password"
            aria-describedby={problem}
          />
          <p className="mt-1.5 text-faint text-xs">{t("invitation.passwordHint")}</p>
        </div>
        <FormProblem id={problem} error={accept.error} message={hasAnother ? t("invitation.otherPassword") : null} />
        <Submit busy={accept.isPending}>{t("invitation.submit")}</Submit>
      </form>
    </EntryCard>
  );
}
