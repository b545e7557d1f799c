import type { QueryClient } from "@tanstack/react-query";
import { sessionQuery, signOut } from "#features/auth/api.ts";
import { forgetDrafts } from "#features/chat/composer/drafts.ts";
import type { Turns } from "#features/chat/turns/turns-context.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { readStored, writeStored } from "#shared/lib/storage.ts";

export type Services = { client: QueryClient; turns: Turns };

const LAST_USER = "chimera.user";

/** Drafts, and messages on their way. */
function forgetWritten(): void {
  forgetDrafts();
  void import("#features/chat/outbox/keeping.ts").then(({ forgetAll }) => forgetAll());
}

/** Forgets the drafts of whoever used this browser before, if it was somebody else. */
export function noteUser(session: SessionRead): void {
  const lastUser = readStored(LAST_USER);
  if (lastUser !== null && lastUser !== session.user.id) forgetWritten();
  writeStored(LAST_USER, session.user.id);
}

/** Starts a session afresh: nothing of an earlier one may shine through, least of all somebody else's drafts. */
export function beginSession({ client, turns }: Services, session: SessionRead): void {
  noteUser(session);
  turns.runner.letGo();
  client.clear();
  client.setQueryData(sessionQuery().queryKey, session);
}

/** Leaves the machine clean for the next person. */
export async function endSession({ client, turns }: Services): Promise<void> {
  await signOut();
  turns.runner.letGo();
  forgetWritten();
  client.clear();
  client.setQueryData(sessionQuery().queryKey, null);
}
