import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { EntryCard } from "#shared/ui/entry-card.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import { verifyEmail } from "./api.ts";
import { TokenField } from "./token-field.tsx";

/** Shows that an address is one's own. By a button: what looks through mail opens links, and must not use them up. */
export function VerifyEmail({ token, onward }: { token: string; onward: ReactNode }) {
  const { t } = useTranslation();
  const verify = useMutation({ mutationFn: verifyEmail });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    verify.mutate(String(new FormData(event.currentTarget).get("token")).trim());
  };
  if (verify.isSuccess) {
    return (
      <EntryCard title={t("verify.doneTitle")}>
        <p role="status" className="mb-5 text-soft">
          {t("verify.done")}
        </p>
        {onward}
      </EntryCard>
    );
  }
  return (
    <EntryCard title={t("verify.title")} lead={t("verify.lead")}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <TokenField token={token} label={t("newPassword.code")} />
        <FormProblem error={verify.error} />
        <Submit busy={verify.isPending}>{t("verify.submit")}</Submit>
      </form>
    </EntryCard>
  );
}
