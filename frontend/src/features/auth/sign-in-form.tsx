import { useMutation } from "@tanstack/react-query";
import { Eye, EyeOff, LoaderCircle } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";
import { signIn } from "./api.ts";

const FIELD =
  "h-11 w-full rounded-xl border border-control bg-card px-3.5 outline-none transition-colors focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-1";

/** Says what is wrong; how long to wait in minutes as soon as seconds would be silly. */
function useSentence(): (error: ApiError) => string {
  const { t } = useTranslation();
  const explained = useExplained();
  return (error) => {
    const wait = error.retryAfterS;
    if (error.code === "too_many_attempts" && wait) {
      return wait < 90
        ? t("signIn.wait", { count: Math.ceil(wait) })
        : t("signIn.waitMinutes", { count: Math.ceil(wait / 60) });
    }
    const { text, hint } = explained(error);
    return `${text} ${hint}`;
  };
}

export function SignInForm({ onSignedIn }: { onSignedIn: (session: SessionRead) => void }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const [missing, setMissing] = useState<"email" | "password" | null>(null);
  const [shown, setShown] = useState(false);
  const attempt = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email")).trim();
    const password = String(form.get("password"));
    const lacking = email === "" ? "email" : password === "" ? "password" : null;
    setMissing(lacking);
    if (lacking === null) attempt.mutate({ email, password });
    else event.currentTarget.querySelector<HTMLInputElement>(`[name=${lacking}]`)?.focus();
  };

  const failure = attempt.error ? sentence(asApiError(attempt.error)) : null;
  const message = missing ? t(`signIn.${missing}Missing`) : failure;
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <label className="block">
        <span className="mb-1.5 block font-medium text-sm">{t("signIn.email")}</span>
        <input
          name="email"
          type="email"
          autoComplete="username"
          // biome-ignore lint/a11y/noAutofocus: signing in is all this page is for.
          autoFocus
          aria-invalid={missing === "email"}
          aria-describedby="sign-in-problem"
          className={FIELD}
        />
      </label>
      <div>
        <label htmlFor="password" className="mb-1.5 block font-medium text-sm">
          {t("signIn.password")}
        </label>
        <div className="relative">
          <input
            id="password"
            name="password"
            type={shown ? "text" : "password"}
            autoComplete="current-password"
            aria-invalid={missing === "password"}
            aria-describedby="sign-in-problem"
            className={`${FIELD} pe-12`}
          />
          <IconButton
            icon={shown ? EyeOff : Eye}
            label={shown ? t("signIn.hide") : t("signIn.show")}
            onClick={() => setShown(!shown)}
            className="absolute end-1 top-1"
          />
        </div>
      </div>
      <div id="sign-in-problem" role="alert" className="text-danger text-sm empty:hidden">
        {message}
      </div>
      <Button look="primary" type="submit" disabled={attempt.isPending} className="h-11 w-full">
        {attempt.isPending ? <LoaderCircle aria-hidden="true" className="size-4 animate-spin" /> : null}
        {attempt.isPending ? t("signIn.busy") : t("signIn.submit")}
      </Button>
    </form>
  );
}
