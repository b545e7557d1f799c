// Follows turns into the store, one or several side by side, and settles them when they have ended.
import type { QueryClient } from "@tanstack/react-query";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { TurnEvent } from "#shared/api/types.ts";
import { type Compared, compareModels, getConversation, messageQuery, stopTurn } from "./api.ts";
import { followTurn } from "./follow.ts";
import { frameBatch } from "./frame-batch.ts";
import { type LiveTurnStore, slotKey } from "./live-turns.ts";
import { settle } from "./message-cache.ts";
import { answerOf, reduceAll } from "./turn.ts";

export type Started = Extract<TurnEvent, { name: "turn.started" }>["data"];

export type Source = {
  turnId: string | null;
  first?: Response;
  slot?: number;
  onStarted?: (started: Started) => Promise<void> | void;
};

export class TurnFollower {
  readonly #client: QueryClient;
  readonly #store: LiveTurnStore;
  readonly #ended = new Set<string>();

  constructor(client: QueryClient, store: LiveTurnStore) {
    this.#client = client;
    this.#store = store;
  }

  /** Whether a turn was followed to its end: what still says that it runs is older than that. */
  hasEnded(turnId: string): boolean {
    return this.#ended.has(turnId);
  }

  giveUpOn(turnId: string): void {
    this.#ended.add(turnId);
  }

  /** Follows a turn to its end; its line in the store stays, to be settled. */
  async follow(conversationId: string, source: Source, signal: AbortSignal): Promise<void> {
    const key = slotKey(conversationId, source.slot ?? 0);
    let opening: Promise<void> | undefined;
    const batch = frameBatch<TurnEvent>((events) => {
      const live = this.#store.get(key);
      if (live) this.#store.patch(key, { turn: reduceAll(live.turn, events) });
    });
    await followTurn({
      turnId: source.turnId,
      ...(source.first ? { first: source.first } : {}),
      signal,
      onLink: (link) => this.#store.patch(key, { link }),
      onEvent: (event) => {
        batch.add(event);
        if (event.name !== "turn.started") return;
        batch.flush();
        opening = Promise.resolve(source.onStarted?.(event.data));
        if (this.#store.get(key)?.stopping) void stopTurn(event.data.turn_id).catch(() => undefined);
      },
    });
    batch.flush();
    await opening;
    const { turn } = this.#store.get(key) ?? {};
    if (turn?.finished && turn.turnId) this.#ended.add(turn.turnId);
  }

  /** Asks, and follows what was begun; also where the line broke before the turn had a name. */
  async reach(
    conversationId: string,
    ask: () => Promise<Response>,
    onStarted: (started: Started) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const first = await ask();
      await this.follow(conversationId, { turnId: null, first, onStarted }, signal);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (this.#store.get(conversationId)?.turn.turnId) throw error;
      const turnId = await runningTurn(conversationId, error);
      await this.follow(conversationId, { turnId, onStarted }, signal);
    }
  }

  /** Asks several models, and follows them all. */
  async compared(
    conversationId: string,
    asked: Compared,
    onKept: (started: Started) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    const turns = await compareModels(conversationId, asked);
    await Promise.all(
      turns.map(({ id }, slot) =>
        this.follow(conversationId, { turnId: id, slot, ...(slot === 0 ? { onStarted: onKept } : {}) }, signal),
      ),
    );
  }

  /** Moves what has ended out of the store, into what is known of the conversation. */
  async settle(conversationId: string): Promise<void> {
    const lives = this.#store.all(conversationId);
    const [live] = lives;
    const outcome = live?.turn.finished;
    if (!live || !outcome) return;
    const { userMessageId } = live.turn;
    const answer = answerOf(live.turn, conversationId, live.startedAt);
    const sent = live.sent && userMessageId ? [{ ...live.sent, id: userMessageId }] : [];
    const anew = live.after !== undefined || lives.length > 1;
    if (lives.length > 1) {
      // Each stands in a column of its own and need not be fetched for it.
      for (const { turn } of lives) {
        if (turn.finished)
          this.#client.setQueryData(
            messageQuery(conversationId, turn.finished.message.id).queryKey,
            turn.finished.message,
          );
      }
    }
    await settle(this.#client, { conversationId, title: outcome.title, messages: [...sent, answer], anew });
    this.#store.drop(...lives.map((_, slot) => slotKey(conversationId, slot)));
    void this.#client.invalidateQueries({ queryKey: keys.conversations });
  }
}

/** After a line that broke before the turn had a name: the server may well have begun it. */
async function runningTurn(conversationId: string, error: ApiError): Promise<string> {
  const found = error.code === "network" ? await getConversation(conversationId).catch(() => null) : null;
  if (!found?.active_turn_id) throw error;
  return found.active_turn_id;
}
