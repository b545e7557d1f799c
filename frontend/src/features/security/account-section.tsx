import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import { domainOf, signInOptionsQuery } from "#shared/api/sign-in-options.ts";
import { Button } from "#shared/ui/button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { PasswordField } from "#shared/ui/field.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { Section } from "#shared/ui/section.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { askToVerifyEmail, changePassword } from "./api.ts";
import { useAct } from "./use-act.ts";

/** The password of one's own account. */
export function PasswordSection({ email }: { email: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={t("signIn.password")}
      lead={t("security.passwordLead")}
      action={<Button onClick={() => setOpen(true)}>{t("security.change")}</Button>}
    >
      <Dialog open={open} onOpenChange={setOpen} title={t("security.passwordTitle")} lead={t("security.passwordHint")}>
        <PasswordForm email={email} onDone={() => setOpen(false)} />
      </Dialog>
    </Section>
  );
}

function PasswordForm({ email, onDone }: { email: string; onDone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      toast(t("security.passwordChanged"));
      void client.invalidateQueries({ queryKey: keys.devices });
      onDone();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    change.mutate({ old_password: String(form.get("old")), new_password: String(form.get("new")) });
  };
  const isWrong = change.error instanceof ApiError && change.error.code === "invalid_credentials";
  return (
    <form onSubmit={submit} noValidate className="mt-4 space-y-4">
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordField label={t("security.oldPassword")} name="old" autoComplete="current-password" />
      <PasswordField label={t("newPassword.password")} name="new" autoComplete="new-password" />
      <FormProblem error={change.error} message={isWrong ? t("security.passwordWrong") : null} />
      <Submit busy={change.isPending}>{t("security.passwordSubmit")}</Submit>
    </form>
  );
}

/** The address of one's own account. */
export function EmailSection({ email }: { email: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const ask = useAct({ act: askToVerifyEmail, changes: [], onDone: () => toast(t("security.verifySent")) });
  return (
    <Section
      title={t("signIn.email")}
      lead={email}
      action={
        <Button disabled={ask.isPending} onClick={() => ask.mutate(undefined)}>
          {t("security.verify")}
        </Button>
      }
    />
  );
}

/** The providers at which people with such an address may sign in; nothing where there is none. */
export function ProvidersSection({ email }: { email: string }) {
  const { t, i18n } = useTranslation();
  const { data = [] } = useQuery(signInOptionsQuery(domainOf(email)));
  if (data.length === 0) return null;
  const names = new Intl.ListFormat(i18n.language, { type: "disjunction" }).format(data.map(({ name }) => name));
  return <Section title={t("security.providers")} lead={t("security.providersLead", { names })} />;
}
