import type { TotpCreated } from "#shared/api/account-types.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { type Credentials, enrol, firstRecoveryCodes, sendCode, signIn } from "./api.ts";

/** Where a sign-in stands: what is asked for next. */
export type Stage =
  | { name: "password" }
  /** A code of the authenticator app, or a recovery code. */
  | { name: "code"; step: string }
  /** A second factor is demanded, and a passkey is the one that is there. */
  | { name: "passkey" }
  /** A second factor is demanded, and none is there: one is set up, and its first code signs in. */
  | { name: "enrol"; step: string; totp: TotpCreated }
  /** Signed in, once the new recovery codes were looked at. */
  | { name: "codes"; codes: string[]; session: SessionRead };

export type Outcome = { session: SessionRead } | { stage: Stage };

/** Shows the password; the outcome is a session, or what else the server asks for. */
export async function withPassword(credentials: Credentials): Promise<Outcome> {
  const answer = await signIn(credentials);
  if ("user" in answer) return { session: answer };
  const { step, methods } = answer;
  if (step === null) return { stage: { name: "passkey" } };
  if (!methods.includes("enrol")) return { stage: { name: "code", step } };
  return { stage: { name: "enrol", step, totp: await enrol(step) } };
}

/** Shows a code. Who has just set up their app sees recovery codes first; that must not keep them out if it fails. */
export async function withCode(stage: Stage, code: string, password: string): Promise<Outcome> {
  if (stage.name !== "code" && stage.name !== "enrol") return { stage };
  const session = await sendCode(stage.step, code.replaceAll(/\s/g, ""));
  if (stage.name === "code") return { session };
  try {
    return { stage: { name: "codes", codes: await firstRecoveryCodes(password), session } };
  } catch {
    return { session };
  }
}

/** Where a provider's sign-in begins, and the page of ours that it comes back to. */
export function startOf(optionId: string, next: string): string {
  // The server takes paths of plain characters only.
  const path = /^\/(?!\/)[\w./~%-]{0,400}$/.test(next) ? next : "/";
  return `/api/v1/sso/${optionId}/start?return_to=${encodeURIComponent(path)}`;
}
