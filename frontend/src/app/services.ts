import type { QueryClient } from "@tanstack/react-query";
import { sessionQuery, signOut } from "#features/auth/api.ts";
import { draftsOf, forgetDrafts } from "#features/chat/composer/drafts.ts";
import type { Turns } from "#features/chat/turns/turns-context.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { readStored, writeStored } from "#shared/lib/storage.ts";

export type Services = { client: QueryClient; turns: Turns };

// An account of one organisation; the same person has another in the next.
const USER = "chimera.user";
const PERSON = "chimera.person";

/** As whom this page acts: the browser's cookie may be of somebody else since, by another tab. */
let acting: string | null = null;

/** Drafts, and messages on their way. */
function forgetWritten(): void {
  forgetDrafts();
  void import("#features/chat/outbox/keeping.ts").then(({ forgetAll }) => forgetAll());
}

function isSomebodyElse({ user }: SessionRead): boolean {
  const last = readStored(USER);
  return last !== null && last !== user.id && readStored(PERSON) !== user.email;
}

/** Acts as this user from now on, which other tabs hear; forgets what was written before, if by somebody else. */
function actAs(session: SessionRead): void {
  if (isSomebodyElse(session)) forgetWritten();
  acting = session.user.id;
  draftsOf(acting);
  writeStored(PERSON, session.user.email);
  writeStored(USER, acting);
}

/** The same for a session that the server told of; one that this page has known for long may be over. */
export function noteSession(session: SessionRead): void {
  if (acting !== session.user.id) actAs(session);
}

/** Calls `leave` once this browser is signed in as somebody else than this page, elsewhere, or as nobody any more. */
export function watchUser(leave: () => void): void {
  const look = () => {
    const last = readStored(USER);
    if (acting !== null && last !== null && last !== acting) leave();
  };
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === USER && acting !== null && newValue !== acting) leave();
  });
  // Pages that slept heard nothing.
  window.addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
}

/** Starts a session afresh: nothing of an earlier one may shine through, least of all somebody else's drafts. */
export function beginSession({ client, turns }: Services, session: SessionRead): void {
  actAs(session);
  turns.runner.letGo();
  client.clear();
  client.setQueryData(sessionQuery().queryKey, session);
}

/** Leaves the machine clean for the next person. */
export async function endSession({ client, turns }: Services): Promise<void> {
  await signOut();
  turns.runner.letGo();
  forgetWritten();
  acting = null;
  writeStored(USER, null);
  writeStored(PERSON, null);
  client.clear();
  client.setQueryData(sessionQuery().queryKey, null);
}
