import { createContext, useContext, useEffect, useState } from "react";
import { useStore } from "zustand";
import { type LiveTurn, type LiveTurnStore, liveOf } from "./live-turns.ts";
import type { TurnRunner } from "./turn-runner.ts";

export type Turns = { store: LiveTurnStore; runner: TurnRunner };

export const TurnsContext = createContext<Turns | null>(null);

export function useTurns(): Turns {
  const turns = useContext(TurnsContext);
  if (!turns) throw new Error("TurnsContext is missing");
  return turns;
}

export function useLiveTurn(key: string): LiveTurn | undefined {
  return useStore(useTurns().store.state, (state) => liveOf(state, key));
}

export function useSendFailure(key: string) {
  return useStore(useTurns().store.state, (state) => state.failures[key]);
}

/** Takes up a turn that the server says is running, after a reload or from another tab. */
export function useResume(conversationId: string | null, activeTurnId: string | null): void {
  const { runner } = useTurns();
  useEffect(() => {
    if (conversationId && activeTurnId) void runner.resume(conversationId, activeTurnId);
  }, [runner, conversationId, activeTurnId]);
}

/** Whether this page has watched the turn of the conversation, so that only fresh answers are spoken. */
export function useFollowed(key: string, running: boolean): boolean {
  const [seen, setSeen] = useState<string | null>(null);
  if (running && seen !== key) setSeen(key);
  return seen === key;
}
