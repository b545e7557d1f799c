// What was said and is not with the server yet, as this page knows it; the browser keeps it beside (`keeping.ts`).
import { createStore, useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { Draft } from "#features/chat/composer/drafts.ts";
import type { ApiError } from "#shared/api/errors.ts";
import type { ConversationWrite } from "#shared/api/types.ts";

type Refused = Pick<ApiError, "code" | "message" | "retryAfterS" | "requestId">;

export type WaitingMessage = {
  /** The name under which the server says it once. */
  id: string;
  userId: string;
  tenantId: string;
  /** A conversation, or the new chat; whatever waits there becomes one conversation. */
  place: string;
  draft: Draft;
  model: string | null;
  models: readonly string[] | null;
  settings: ConversationWrite;
  /** Undefined follows whatever was said last. */
  parentId: string | null | undefined;
  /** It is being sent right now, and shown as what was just sent. */
  going: boolean;
  refused: Refused | null;
  madeAt: number;
};

export type WaitingStore = ReturnType<typeof createWaiting>;

export function createWaiting() {
  const store = createStore<{ entries: readonly WaitingMessage[] }>(() => ({ entries: [] }));
  const put = (entries: readonly WaitingMessage[]) =>
    store.setState({ entries: entries.toSorted((one, other) => one.madeAt - other.madeAt) });
  const entries = () => store.getState().entries;
  return {
    state: store,
    entries,
    get: (id: string) => entries().find((entry) => entry.id === id),
    at: (place: string) => entries().filter((entry) => entry.place === place),
    replace: put,
    add: (entry: WaitingMessage) => put([...entries(), entry]),
    drop: (id: string) => put(entries().filter((entry) => entry.id !== id)),
    change: (id: string, change: Partial<WaitingMessage>) =>
      put(entries().map((entry) => (entry.id === id ? { ...entry, ...change } : entry))),
  };
}

/** What waits at a place, but for what is being sent. */
export function useWaiting(waiting: WaitingStore, place: string): readonly WaitingMessage[] {
  return useStore(
    waiting.state,
    useShallow(({ entries }) => entries.filter((entry) => entry.place === place && !entry.going)),
  );
}
