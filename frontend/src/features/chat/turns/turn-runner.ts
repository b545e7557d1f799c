// Runs turns from send to end, independent of which page is open.
import type { QueryClient } from "@tanstack/react-query";
import { type Draft, restoreDraft } from "#features/chat/composer/drafts.ts";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { TurnEvent } from "#shared/api/types.ts";
import { createConversation, deleteConversation, getConversation, sendMessage, stopTurn } from "./api.ts";
import { followTurn } from "./follow.ts";
import { frameBatch } from "./frame-batch.ts";
import { type LiveTurnStore, NEW_CHAT } from "./live-turns.ts";
import { seedConversation, settle } from "./message-cache.ts";
import { sentMessage } from "./sent-message.ts";
import { answerOf, reduceAll } from "./turn.ts";

export type Send = {
  /** Null makes a conversation first. */
  conversationId: string | null;
  draft: Draft;
  model: string | null;
  /** Called once the new conversation has its first message, to change the address. */
  onOpened: (conversationId: string) => Promise<void>;
};

type Source = { turnId: string | null; first?: Response; onStarted?: () => Promise<void> };

export class TurnRunner {
  readonly #client: QueryClient;
  readonly #store: LiveTurnStore;
  readonly #aborts = new Set<AbortController>();
  readonly #ended = new Set<string>();

  constructor(client: QueryClient, store: LiveTurnStore) {
    this.#client = client;
    this.#store = store;
  }

  /** Sends a message and follows its turn. A message that does not arrive goes back into its draft. */
  async send(send: Send): Promise<void> {
    const key = send.conversationId ?? NEW_CHAT;
    this.#store.begin(key, sentMessage(send.draft, key), send.model);
    await this.#whileAlive(async (signal) => {
      let conversationId = send.conversationId;
      try {
        conversationId ??= await this.#create(send.model);
        await this.#deliver(send, conversationId, signal);
      } catch (thrown) {
        if (!signal.aborted) this.#giveUp(send, conversationId, asApiError(thrown));
      }
    });
  }

  /** Follows a turn that was found running: after a reload, or begun in another tab. */
  async resume(conversationId: string, turnId: string): Promise<void> {
    if (this.#store.get(conversationId) || this.#ended.has(turnId)) return;
    this.#store.begin(conversationId, null, null);
    await this.#whileAlive(async (signal) => {
      try {
        await this.#follow(conversationId, { turnId }, signal);
      } catch {
        this.#ended.add(turnId);
        this.#store.drop(conversationId);
        void this.#client.invalidateQueries({ queryKey: keys.messages(conversationId) });
      }
    });
  }

  /** Asks the server to stop; what is written so far is kept. Raises an ApiError when the wish did not arrive. */
  async stop(key: string): Promise<void> {
    const live = this.#store.get(key);
    if (!live || live.stopping) return;
    this.#store.patch(key, { stopping: true });
    // Not begun yet: the first event will find the wish and pass it on.
    if (!live.turn.turnId) return;
    try {
      await stopTurn(live.turn.turnId);
    } catch (thrown) {
      this.#store.patch(key, { stopping: false });
      throw asApiError(thrown);
    }
  }

  /** Lets go of every stream, when the session ends. The turns themselves go on at the server. */
  letGo(): void {
    for (const abort of this.#aborts) abort.abort();
    this.#store.clear();
  }

  async #whileAlive(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    this.#aborts.add(abort);
    try {
      await work(abort.signal);
    } finally {
      this.#aborts.delete(abort);
    }
  }

  async #create(model: string | null): Promise<string> {
    const made = await createConversation(model ? { model } : {});
    seedConversation(this.#client, made);
    this.#store.open(made.id);
    return made.id;
  }

  async #deliver(send: Send, conversationId: string, signal: AbortSignal): Promise<void> {
    const { draft, model } = send;
    const onStarted = () => this.#started(conversationId, send);
    const body = {
      text: draft.text,
      stream: true,
      ...(model ? { model } : {}),
      ...(draft.images.length > 0 ? { images: [...draft.images] } : {}),
    };
    try {
      const first = await sendMessage(conversationId, body, signal);
      await this.#follow(conversationId, { turnId: null, first, onStarted }, signal);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (this.#store.get(conversationId)?.turn.turnId) throw error;
      const turnId = await runningTurn(conversationId, error);
      await this.#follow(conversationId, { turnId, onStarted }, signal);
    }
  }

  async #started(conversationId: string, send: Send): Promise<void> {
    this.#refreshLists();
    // The server has made a title out of the first message.
    void this.#client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
    if (send.conversationId !== null) return;
    await send.onOpened(conversationId);
    this.#store.opened();
  }

  async #follow(conversationId: string, source: Source, signal: AbortSignal): Promise<void> {
    let opening: Promise<void> | undefined;
    const batch = frameBatch<TurnEvent>((events) => {
      const live = this.#store.get(conversationId);
      if (live) this.#store.patch(conversationId, { turn: reduceAll(live.turn, events) });
    });
    await followTurn({
      turnId: source.turnId,
      ...(source.first ? { first: source.first } : {}),
      signal,
      onLink: (link) => this.#store.patch(conversationId, { link }),
      onEvent: (event) => {
        batch.add(event);
        if (event.name !== "turn.started") return;
        batch.flush();
        opening = source.onStarted?.();
        if (this.#store.get(conversationId)?.stopping) void stopTurn(event.data.turn_id).catch(() => undefined);
      },
    });
    batch.flush();
    await opening;
    if (!signal.aborted) await this.#finish(conversationId);
  }

  async #finish(conversationId: string): Promise<void> {
    const live = this.#store.get(conversationId);
    const outcome = live?.turn.finished;
    if (!live || !outcome) return;
    if (live.turn.turnId) this.#ended.add(live.turn.turnId);
    const answer = answerOf(live.turn, conversationId, live.startedAt);
    const { userMessageId } = live.turn;
    const sent = live.sent && userMessageId ? [{ ...live.sent, id: userMessageId }] : [];
    await settle(this.#client, { conversationId, title: outcome.title, messages: [...sent, answer] });
    this.#store.drop(conversationId);
    this.#refreshLists();
  }

  #giveUp(send: Send, conversationId: string | null, error: ApiError): void {
    if (conversationId && this.#store.get(conversationId)?.turn.turnId) {
      // The message did arrive; only the following failed. What the server kept is the truth.
      this.#store.drop(conversationId);
      void this.#client.invalidateQueries({ queryKey: keys.messages(conversationId) });
      return;
    }
    const key = send.conversationId ?? NEW_CHAT;
    if (conversationId && send.conversationId === null) {
      this.#store.drop(conversationId);
      this.#store.opened();
      // An empty conversation that nobody asked for would only be clutter.
      void deleteConversation(conversationId).catch(() => undefined);
    }
    restoreDraft(key, send.draft);
    this.#store.fail(key, error);
  }

  #refreshLists(): void {
    void this.#client.invalidateQueries({ queryKey: keys.conversations });
  }
}

/** After a line that broke before the turn had a name: the server may well have begun it. */
async function runningTurn(conversationId: string, error: ApiError): Promise<string> {
  const found = error.code === "network" ? await getConversation(conversationId).catch(() => null) : null;
  if (!found?.active_turn_id) throw error;
  return found.active_turn_id;
}
