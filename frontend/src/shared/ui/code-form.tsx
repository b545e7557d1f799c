import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CodeField, TextField } from "./field.tsx";
import { FormProblem } from "./form-problem.tsx";
import { Submit } from "./submit.tsx";

type CodeFormProps = {
  kind: "app" | "recovery";
  busy: boolean;
  error: Error | null;
  action: string;
  onSubmit: (code: string) => void;
};

/** One code. A wrong one is taken away, so that the next can be typed at once. */
export function CodeForm({ kind, busy, error, action, onSubmit }: CodeFormProps) {
  const { t } = useTranslation();
  const problem = useId();
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState(false);

  useEffect(() => {
    const field = form.current?.querySelector("input");
    if (!error || !field) return;
    field.value = "";
    field.focus();
  }, [error]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code")).trim();
    setMissing(code === "");
    if (code === "") event.currentTarget.querySelector("input")?.focus();
    else onSubmit(code);
  };

  return (
    <form ref={form} onSubmit={submit} noValidate className="space-y-4">
      {kind === "app" ? (
        <CodeField label={t("signIn.code")} autoFocus aria-describedby={problem} />
      ) : (
        <TextField
          label={t("signIn.recoveryCode")}
          name="code"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          className="font-mono"
          autoFocus
          aria-describedby={problem}
        />
      )}
      <FormProblem id={problem} error={error} message={missing ? t("signIn.codeMissing") : null} />
      <Submit busy={busy}>{action}</Submit>
    </form>
  );
}
