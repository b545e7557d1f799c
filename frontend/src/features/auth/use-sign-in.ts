import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { asApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { signWithPasskey } from "#shared/lib/passkeys.ts";
import { askForPasskey, type Credentials, showPasskey } from "./api.ts";
import { type Outcome, type Stage, withCode, withPassword } from "./stages.ts";

type Act =
  | { by: "password"; credentials: Credentials }
  | { by: "code"; code: string }
  | { by: "passkey"; ready?: { step: string; credential: unknown } };

export type SignInOptions = { tenantId?: string | undefined; onSignedIn: (session: SessionRead) => void };

/** One sign-in, from the password or passkey to the session, whatever the server asks for between. */
export function useSignIn({ tenantId, onSignedIn }: SignInOptions) {
  const [stage, setStage] = useState<Stage>({ name: "password" });
  // Kept for the moment after an authenticator app was set up: recovery codes ask for the password again.
  const [password, setPassword] = useState("");

  const perform = async (act: Act): Promise<Outcome> => {
    switch (act.by) {
      case "password":
        setPassword(act.credentials.password);
        return withPassword({ ...act.credentials, ...(tenantId ? { tenant_id: tenantId } : {}) });
      case "code":
        return withCode(stage, act.code, password);
      case "passkey": {
        if (act.ready) return { session: await showPasskey(act.ready.step, act.ready.credential, tenantId) };
        const { step, options } = await askForPasskey();
        return { session: await showPasskey(step, await signWithPasskey(options), tenantId) };
      }
    }
  };

  const attempt = useMutation({
    mutationFn: perform,
    onSuccess: (outcome) => {
      if ("stage" in outcome) setStage(outcome.stage);
      else onSignedIn(outcome.session);
    },
    onError: (thrown) => {
      // Too late or too often: it begins anew, and the error stays to be read.
      if (asApiError(thrown).code === "sign_in_step_over") setStage({ name: "password" });
    },
  });

  return {
    stage,
    error: attempt.error,
    busy: attempt.isPending ? attempt.variables.by : null,
    withPassword: (credentials: Credentials) => attempt.mutate({ by: "password", credentials }),
    withCode: (code: string) => attempt.mutate({ by: "code", code }),
    withPasskey: (ready?: { step: string; credential: unknown }) =>
      attempt.mutate({ by: "passkey", ...(ready ? { ready } : {}) }),
    beginAgain: () => {
      attempt.reset();
      setStage({ name: "password" });
    },
    finish: () => {
      if (stage.name === "codes") onSignedIn(stage.session);
    },
  };
}

export type SignIn = ReturnType<typeof useSignIn>;
