import { queryOptions } from "@tanstack/react-query";
import type { InvitationAccepted, PasskeyRequest, Place, StepNeeded, TotpCreated } from "#shared/api/account-types.ts";
import { json, send } from "#shared/api/client.ts";
import { ApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { SessionRead } from "#shared/api/types.ts";

export type Credentials = { email: string; password: string; tenant_id?: string };

/** Who is signed in; null for nobody, which is an answer and no error. */
async function getSession(): Promise<SessionRead | null> {
  try {
    return await json<SessionRead>("/session");
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 401) return null;
    throw thrown;
  }
}

export function sessionQuery() {
  return queryOptions({ queryKey: keys.session, queryFn: getSession, staleTime: 5 * 60_000 });
}

/** Signs in with a password, or says what else is needed, which is an answer and no error. */
export async function signIn(credentials: Credentials): Promise<SessionRead | StepNeeded> {
  try {
    return await json<SessionRead>("/session", { method: "POST", body: credentials });
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.code !== "second_factor_required") throw thrown;
    return { step: thrown.problem?.step ?? null, methods: thrown.problem?.methods ?? [] };
  }
}

export function sendCode(step: string, code: string): Promise<SessionRead> {
  return json("/session/second-factor", { method: "POST", body: { step, code } });
}

/** Sets up an authenticator app for who needs one to come in. */
export function enrol(step: string): Promise<TotpCreated> {
  return json("/session/second-factor/totp", { method: "POST", body: { step } });
}

/** Recovery codes for who has just set up an authenticator app and still knows the password. */
export async function firstRecoveryCodes(password: string): Promise<string[]> {
  await send("/session/proof", { method: "POST", body: { password } });
  const made = await json<{ codes: string[] }>("/factors/recovery-codes", { method: "POST" });
  return made.codes;
}

export function askForPasskey(): Promise<PasskeyRequest> {
  return json("/session/passkey", { method: "POST" });
}

export function showPasskey(step: string, credential: unknown, tenantId: string | undefined): Promise<SessionRead> {
  const body = { step, credential, ...(tenantId ? { tenant_id: tenantId } : {}) };
  return json("/session/passkey/verify", { method: "POST", body });
}

export function signOut(): Promise<void> {
  return send("/session", { method: "DELETE" });
}

export function askForNewPassword(email: string): Promise<void> {
  return send("/password/reset", { method: "POST", body: { email } });
}

export function setNewPassword(token: string, password: string): Promise<void> {
  return send("/password/reset/confirm", { method: "POST", body: { token, new_password: password } });
}

export function verifyEmail(token: string): Promise<void> {
  return send("/email/verify", { method: "POST", body: { token } });
}

export function acceptInvitation(body: {
  token: string;
  password: string;
  name?: string;
}): Promise<InvitationAccepted> {
  return json("/invitations/accept", { method: "POST", body });
}

/** The organisations of whoever is signed in. */
export function placesQuery() {
  return queryOptions({
    queryKey: keys.places,
    queryFn: async ({ signal }) => (await json<{ data: Place[] }>("/session/tenants", { signal })).data,
    staleTime: 5 * 60_000,
  });
}

export function switchTenant(tenantId: string): Promise<SessionRead> {
  return json("/session/tenant", { method: "POST", body: { tenant_id: tenantId } });
}
