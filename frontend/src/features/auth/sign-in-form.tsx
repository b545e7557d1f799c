import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField, TextField } from "#shared/ui/field.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import type { Credentials } from "./api.ts";

type SignInFormProps = {
  busy: boolean;
  error: Error | null;
  onSubmit: (credentials: Credentials) => void;
  onEmail: (email: string) => void;
  /** What helps who has forgotten the password. */
  help: ReactNode;
};

/** E-mail and password; browsers may offer passkeys in the first field. */
export function SignInForm({ busy, error, onSubmit, onEmail, help }: SignInFormProps) {
  const { t } = useTranslation();
  const problem = useId();
  const [missing, setMissing] = useState<"email" | "password" | null>(null);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email")).trim();
    const password = String(form.get("password"));
    const lacking = email === "" ? "email" : password === "" ? "password" : null;
    setMissing(lacking);
    if (lacking === null) onSubmit({ email, password });
    else event.currentTarget.querySelector<HTMLInputElement>(`[name=${lacking}]`)?.focus();
  };

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <TextField
        label={t("signIn.email")}
        name="email"
        type="email"
        autoComplete="username webauthn"
        autoFocus
        aria-invalid={missing === "email"}
        aria-describedby={problem}
        onChange={(event) => onEmail(event.target.value)}
      />
      <div>
        <PasswordField
          label={t("signIn.password")}
          name="password"
          autoComplete="current-password"
          aria-invalid={missing === "password"}
          aria-describedby={problem}
        />
        <div className="mt-1.5 text-end text-sm">{help}</div>
      </div>
      <FormProblem id={problem} error={error} message={missing ? t(`signIn.${missing}Missing`) : null} />
      <Submit busy={busy}>{busy ? t("signIn.busy") : t("signIn.submit")}</Submit>
    </form>
  );
}
