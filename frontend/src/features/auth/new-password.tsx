import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { EntryCard } from "#shared/ui/entry-card.tsx";
import { PasswordField, TextField } from "#shared/ui/field.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import { askForNewPassword, setNewPassword } from "./api.ts";
import { TokenField } from "./token-field.tsx";

type AskProps = { onHaveCode: () => void; back: ReactNode };

/** Asks for a message with a link. The answer is the same whoever's the address is, and so is what is shown. */
export function AskForNewPassword({ onHaveCode, back }: AskProps) {
  const { t } = useTranslation();
  const problem = useId();
  const ask = useMutation({ mutationFn: askForNewPassword });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    ask.mutate(String(new FormData(event.currentTarget).get("email")).trim());
  };
  return (
    <EntryCard title={t("newPassword.askTitle")} {...(ask.isSuccess ? {} : { lead: t("newPassword.askLead") })}>
      {ask.isSuccess ? (
        <div role="status" className="space-y-3 rounded-xl bg-accent-wash px-3.5 py-3 text-sm">
          <p>{t("newPassword.sent", { email: ask.variables })}</p>
          <p className="text-soft">{t("newPassword.sentHint")}</p>
        </div>
      ) : (
        <form onSubmit={submit} noValidate className="space-y-4">
          <TextField
            label={t("signIn.email")}
            name="email"
            type="email"
            autoComplete="username"
            autoFocus
            aria-describedby={problem}
          />
          <FormProblem id={problem} error={ask.error} />
          <Submit busy={ask.isPending}>{t("newPassword.ask")}</Submit>
        </form>
      )}
      <div className="mt-5 flex flex-col items-start gap-2.5 text-sm">
        <button
          type="button"
          className="font-medium text-accent underline-offset-4 hover:underline"
          onClick={onHaveCode}
        >
          {t("newPassword.haveCode")}
        </button>
        {back}
      </div>
    </EntryCard>
  );
}

type SetProps = { token: string; onDone: () => void; again: ReactNode };

/** Sets a new password with the token of the message. */
export function SetNewPassword({ token, onDone, again }: SetProps) {
  const { t } = useTranslation();
  const problem = useId();
  const set = useMutation({
    mutationFn: (form: FormData) => setNewPassword(String(form.get("token")).trim(), String(form.get("password"))),
    onSuccess: onDone,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    set.mutate(new FormData(event.currentTarget));
  };
  return (
    <EntryCard title={t("newPassword.setTitle")} lead={t("newPassword.setLead")}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <TokenField token={token} label={t("newPassword.code")} />
        <PasswordField
          label={t("newPassword.password")}
          name="password"
          autoComplete="new-password"
          autoFocus={token !== ""}
          aria-describedby={problem}
        />
        <FormProblem id={problem} error={set.error} />
        <Submit busy={set.isPending}>{t("newPassword.set")}</Submit>
      </form>
      <div className="mt-5 text-sm">{again}</div>
    </EntryCard>
  );
}
