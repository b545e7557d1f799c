import { json } from "#shared/api/client.ts";
import type { SessionRead } from "#shared/api/types.ts";
import type { Person } from "./shelf.ts";

/** What mends itself: nobody need be asked what to do. */
export const PASSING: ReadonlySet<string> = new Set([
  "network",
  "server_unavailable",
  "shutting_down",
  "database_unavailable",
]);

/** Likewise of what was not just said, but waited. */
export const PASSING_LATER: ReadonlySet<string> = new Set([
  ...PASSING,
  "turn_in_progress",
  "too_many_requests",
  "unauthenticated",
]);

/** Whether the server answers, and it is still the same person whom it knows. */
export async function isReached({ userId, tenantId }: Person): Promise<boolean> {
  try {
    const { user, tenant } = await json<SessionRead>("/session");
    return user.id === userId && tenant.id === tenantId;
  } catch {
    return false;
  }
}
