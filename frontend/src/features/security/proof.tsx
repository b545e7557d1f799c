import { useMutation } from "@tanstack/react-query";
import { createContext, type FormEvent, type ReactNode, useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "#shared/api/errors.ts";
import { Dialog } from "#shared/ui/dialog.tsx";
import { PasswordField } from "#shared/ui/field.tsx";
import { FormProblem } from "#shared/ui/form-problem.tsx";
import { Submit } from "#shared/ui/submit.tsx";
import { prove } from "./api.ts";

type WithProof = <Answer>(act: () => Promise<Answer>) => Promise<Answer>;
type Waiting = { proven: () => void; givenUp: (reason: ApiError) => void };

const ProofContext = createContext<WithProof>((act) => act());

/** Does what needs a fresh proof: where the server asks for one, the password is asked for, and it is done again. */
export function useWithProof(): WithProof {
  return useContext(ProofContext);
}

/** The code of an act that its person gave up; nothing is to be said of it. */
export const GIVEN_UP = "proof_given_up";

function isWanting(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === "proof_needed";
}

export function ProofProvider({ email, children }: { email: string; children: ReactNode }) {
  const { t } = useTranslation();
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const proof = useMutation({
    mutationFn: prove,
    onSuccess: () => {
      waiting?.proven();
      setWaiting(null);
    },
  });
  const withProof = useMemo<WithProof>(
    () => async (act) => {
      try {
        return await act();
      } catch (thrown) {
        if (!isWanting(thrown)) throw thrown;
      }
      await new Promise<void>((proven, givenUp) => setWaiting({ proven, givenUp }));
      return act();
    },
    [],
  );
  const close = () => {
    waiting?.givenUp(new ApiError({ code: GIVEN_UP, status: 0, detail: "" }));
    setWaiting(null);
    proof.reset();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    proof.mutate(String(new FormData(event.currentTarget).get("password")));
  };
  return (
    <ProofContext value={withProof}>
      {children}
      <Dialog
        open={waiting !== null}
        onOpenChange={(open) => !open && close()}
        title={t("security.proofTitle")}
        lead={t("security.proofLead")}
      >
        <form onSubmit={submit} noValidate className="mt-4 space-y-4">
          <input type="hidden" autoComplete="username" value={email} readOnly />
          <PasswordField label={t("signIn.password")} name="password" autoComplete="current-password" />
          <FormProblem
            error={proof.error}
            message={
              proof.error instanceof ApiError && proof.error.code === "invalid_credentials"
                ? t("security.passwordWrong")
                : null
            }
          />
          <Submit busy={proof.isPending}>{t("security.proofSubmit")}</Submit>
        </form>
      </Dialog>
    </ProofContext>
  );
}
