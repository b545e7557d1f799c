import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { retrySpeech, runPanel } from "#features/panels/api.ts";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { TurnEvent } from "#shared/api/types.ts";
import { begun, type PanelRunState, reduceRun } from "./panel-run.ts";

/** Follows a turn to its end through every drop of the line, handing on what came since the last painted frame. */
export type FollowEvents = (source: {
  turnId: string | null;
  first?: Response;
  onEvents: (events: readonly TurnEvent[]) => void;
  signal: AbortSignal;
}) => Promise<void>;

type Run = { conversationId: string; activeTurnId: string | null; follow: FollowEvents };

const MARKS: ReadonlySet<string> = new Set<TurnEvent["name"]>(["speech.started", "speech.finished", "panel.stopped"]);

/** What a panel says now: begun here, or found running after a reload and in another tab. */
export function usePanelRun({ conversationId, activeTurnId, follow }: Run) {
  const client = useQueryClient();
  const [run, setRun] = useState<PanelRunState | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [ending, setEnding] = useState<PanelRunState["stopped"]>(null);
  const [isStarting, setStarting] = useState(false);
  const reading = useRef<AbortController | null>(null);
  const asking = useRef(false);
  const followed = useRef(new Set<string>());

  const refresh = useCallback(
    () =>
      Promise.all(
        [keys.messages(conversationId), keys.panel(conversationId), keys.conversation(conversationId)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
    [client, conversationId],
  );

  const track = useCallback(
    async (source: { turnId: string | null; first?: Response }, signal: AbortSignal) => {
      let state = begun(conversationId, new Date().toISOString());
      setRun(state);
      setEnding(null);
      const onEvents = (events: readonly TurnEvent[]) => {
        if (signal.aborted) return;
        state = reduceRun(state, events);
        if (state.turnId) followed.current.add(state.turnId);
        setRun(state);
        if (events.some((event) => MARKS.has(event.name))) void refresh();
      };
      try {
        await follow({ ...source, onEvents, signal });
      } finally {
        if (!signal.aborted) {
          await refresh();
          void client.invalidateQueries({ queryKey: keys.conversations });
          setEnding(state.stopped);
          setRun(null);
        }
      }
    },
    [client, conversationId, follow, refresh],
  );

  useEffect(() => {
    if (!activeTurnId || followed.current.has(activeTurnId)) return;
    followed.current.add(activeTurnId);
    reading.current?.abort();
    reading.current = new AbortController();
    track({ turnId: activeTurnId }, reading.current.signal).catch(() => undefined);
  }, [activeTurnId, track]);

  // Only the reading ends with the page; the panel goes on. A turn that is over is still read to its end.
  useEffect(() => {
    const known = followed.current;
    return () => {
      reading.current?.abort();
      known.clear();
    };
  }, []);

  const begin = useCallback(
    async (ask: (signal: AbortSignal) => Promise<Response>): Promise<boolean> => {
      // Pressed twice it is meant once.
      if (asking.current) return false;
      asking.current = true;
      const abort = new AbortController();
      reading.current = abort;
      setStarting(true);
      setFailure(null);
      try {
        const first = await ask(abort.signal);
        void track({ turnId: null, first }, abort.signal).catch(() => undefined);
        return true;
      } catch (thrown) {
        if (!abort.signal.aborted) setFailure(asApiError(thrown));
        return false;
      } finally {
        asking.current = false;
        setStarting(false);
      }
    },
    [track],
  );

  return {
    run,
    isStarting,
    ending,
    failure,
    refresh,
    fail: (thrown: unknown) => setFailure(asApiError(thrown)),
    forgive: () => setFailure(null),
    go: (body: Parameters<typeof runPanel>[1]) => begin((signal) => runPanel(conversationId, body, signal)),
    retry: (messageId: string) => begin((signal) => retrySpeech(conversationId, messageId, signal)),
  };
}

export type PanelRun = ReturnType<typeof usePanelRun>;
