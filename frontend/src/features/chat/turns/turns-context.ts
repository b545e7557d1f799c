import { createContext, useContext, useEffect, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { WaitingStore } from "#features/chat/outbox/waiting.ts";
import type { Runner } from "./awaited-runner.ts";
import { type LiveTurn, type LiveTurnStore, liveOf } from "./live-turns.ts";

export type Turns = { store: LiveTurnStore; runner: Runner; waiting: WaitingStore };

export const TurnsContext = createContext<Turns | null>(null);

export function useTurns(): Turns {
  const turns = useContext(TurnsContext);
  if (!turns) throw new Error("TurnsContext is missing");
  return turns;
}

/** The turns that run in a conversation: one, or several side by side. */
export function useLiveTurns(key: string): readonly LiveTurn[] {
  return useStore(
    useTurns().store.state,
    useShallow((state) => liveOf(state, key)),
  );
}

export function useSendFailure(key: string) {
  return useStore(useTurns().store.state, (state) => state.failures[key]);
}

/** Takes up the turns that the server says are running, after a reload or from another tab. */
export function useResume(conversationId: string | null, turnIds: readonly string[]): void {
  const { runner } = useTurns();
  const named = turnIds.join();
  useEffect(() => {
    if (conversationId && named) void runner.resume(conversationId, named.split(","));
  }, [runner, conversationId, named]);
}

/** Whether this page has watched the turn of the conversation, so that only fresh answers are spoken. */
export function useFollowed(key: string, running: boolean): boolean {
  const [seen, setSeen] = useState<string | null>(null);
  if (running && seen !== key) setSeen(key);
  return seen === key;
}
