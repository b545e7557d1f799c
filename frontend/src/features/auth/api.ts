import { queryOptions } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { ApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { SessionRead } from "#shared/api/types.ts";

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

export function signIn(credentials: { email: string; password: string }): Promise<SessionRead> {
  return json("/session", { method: "POST", body: credentials });
}

export function signOut(): Promise<void> {
  return send("/session", { method: "DELETE" });
}
