// The running turns, by conversation: the only client state that outlives a page.
import { createStore } from "zustand/vanilla";
import type { ApiError } from "#shared/api/errors.ts";
import type { MessageRead } from "#shared/api/types.ts";
import type { Link } from "./follow.ts";
import { type Turn, UNSTARTED } from "./turn.ts";

/** The key of a conversation that the server has not made yet. */
export const NEW_CHAT = "new";

export type LiveTurn = {
  turn: Turn;
  /** What was just sent; null when a turn was found running. */
  sent: MessageRead | null;
  link: "sending" | Link;
  stopping: boolean;
  startedAt: string;
};

export type LiveTurns = {
  live: Readonly<Record<string, LiveTurn>>;
  failures: Readonly<Record<string, ApiError>>;
  /** The conversation that is being made out of the new chat, until the address has changed to it. */
  opening: string | null;
};

export type LiveTurnStore = ReturnType<typeof createLiveTurns>;

/** The live turn of what a page shows; a new chat keeps showing its turn while it becomes a conversation. */
export function liveOf({ live, opening }: LiveTurns, key: string): LiveTurn | undefined {
  return live[key === NEW_CHAT && opening ? opening : key];
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

export function createLiveTurns() {
  const store = createStore<LiveTurns>(() => ({ live: {}, failures: {}, opening: null }));
  const { getState, setState } = store;
  return {
    state: store,
    get: (key: string): LiveTurn | undefined => liveOf(getState(), key),
    begin(key: string, sent: MessageRead | null, model: string | null): void {
      const turn = { ...UNSTARTED, model };
      const begun: LiveTurn = { turn, sent, link: "sending", stopping: false, startedAt: new Date().toISOString() };
      setState(({ live, failures }) => ({ live: { ...live, [key]: begun }, failures: without(failures, key) }));
    },
    patch(key: string, change: Partial<LiveTurn>): void {
      setState(({ live, opening }) => {
        const name = key === NEW_CHAT && opening ? opening : key;
        const turn = live[name];
        return turn ? { live: { ...live, [name]: { ...turn, ...change } } } : {};
      });
    },
    /** Moves the new chat's turn to the conversation made for it. */
    open(conversationId: string): void {
      setState(({ live }) => {
        const turn = live[NEW_CHAT];
        if (!turn) return {};
        return { live: { ...without(live, NEW_CHAT), [conversationId]: turn }, opening: conversationId };
      });
    },
    opened: (): void => setState({ opening: null }),
    drop: (key: string): void => setState(({ live }) => ({ live: without(live, key) })),
    fail(key: string, error: ApiError): void {
      setState(({ live, failures }) => ({ live: without(live, key), failures: { ...failures, [key]: error } }));
    },
    forgive: (key: string): void => setState(({ failures }) => ({ failures: without(failures, key) })),
    clear: (): void => setState({ live: {}, failures: {}, opening: null }),
  };
}
