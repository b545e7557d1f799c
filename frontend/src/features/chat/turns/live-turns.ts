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
  /** What was just sent; null when a turn was found running, or answers what was asked before. */
  sent: MessageRead | null;
  /** The message that it follows, where another branch begins; what stood behind that is not shown meanwhile. */
  after?: string | null;
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

/** The key of one of several turns that answer side by side; the first has the conversation's own. */
export function slotKey(key: string, slot: number): string {
  return slot === 0 ? key : `${key}/${slot}`;
}

/** A new chat keeps showing its turns while it becomes a conversation. */
function nameOf(key: string, opening: string | null): string {
  const isNew = key === NEW_CHAT || key.startsWith(`${NEW_CHAT}/`);
  return isNew && opening ? opening + key.slice(NEW_CHAT.length) : key;
}

/** The live turns of what a page shows, in the order of their slots. */
export function liveOf({ live, opening }: LiveTurns, key: string): LiveTurn[] {
  const name = nameOf(key, opening);
  return Object.keys(live)
    .filter((known) => known === name || known.startsWith(`${name}/`))
    .sort()
    .flatMap((known) => live[known] ?? []);
}

type Begun = Pick<LiveTurn, "sent" | "after"> & { turn: Partial<Turn> };

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

export function createLiveTurns() {
  const store = createStore<LiveTurns>(() => ({ live: {}, failures: {}, opening: null }));
  const { getState, setState } = store;
  return {
    state: store,
    get: (key: string): LiveTurn | undefined => {
      const { live, opening } = getState();
      return live[nameOf(key, opening)];
    },
    all: (key: string): LiveTurn[] => liveOf(getState(), key),
    begin(key: string, { turn, ...how }: Begun): void {
      const begun: LiveTurn = {
        ...how,
        turn: { ...UNSTARTED, ...turn },
        link: "sending",
        stopping: false,
        startedAt: new Date().toISOString(),
      };
      setState(({ live, failures }) => ({ live: { ...live, [key]: begun }, failures: without(failures, key) }));
    },
    patch(key: string, change: Partial<LiveTurn>): void {
      setState(({ live, opening }) => {
        const name = nameOf(key, opening);
        const turn = live[name];
        return turn ? { live: { ...live, [name]: { ...turn, ...change } } } : {};
      });
    },
    /** Moves the new chat's turns to the conversation made for it. */
    open(conversationId: string): void {
      setState(({ live }) => {
        if (!live[NEW_CHAT]) return {};
        const moved = Object.entries(live).map(([key, turn]) => [nameOf(key, conversationId), turn] as const);
        return { live: Object.fromEntries(moved), opening: conversationId };
      });
    },
    opened: (): void => setState({ opening: null }),
    drop: (...keys: string[]): void => setState(({ live }) => ({ live: keys.reduce(without, live) })),
    fail(key: string, error: ApiError): void {
      setState(({ live, failures }) => ({ live: without(live, key), failures: { ...failures, [key]: error } }));
    },
    forgive: (key: string): void => setState(({ failures }) => ({ failures: without(failures, key) })),
    clear: (): void => setState({ live: {}, failures: {}, opening: null }),
  };
}
