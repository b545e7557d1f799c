// Runs turns from send to end, independent of which page is open.
import type { QueryClient } from "@tanstack/react-query";
import { type Draft, restoreDraft } from "#features/chat/composer/drafts.ts";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationWrite } from "#shared/api/types.ts";
import { askAgain, createConversation, deleteConversation, sendMessage, stopTurn, type Way } from "./api.ts";
import { type Started, TurnFollower } from "./follower.ts";
import { type LiveTurnStore, NEW_CHAT, slotKey } from "./live-turns.ts";
import { seedConversation } from "./message-cache.ts";
import type { PlacedMessage } from "./placed-message.ts";
import { sentMessage } from "./sent-message.ts";

/** What became of a message that did not arrive: it waits, somebody was told, or nobody was yet. */
export type Fate = "waits" | "told" | "untold";

export type Send = {
  /** Null makes a conversation first, with these settings. */
  conversationId: string | null;
  settings?: ConversationWrite;
  draft: Draft;
  model: string | null;
  /** Several are asked at once, instead of the one. */
  models?: readonly string[];
  /** The message after which it is said, null for none; where it is not known the server takes the end of the branch. */
  parentId?: string | null;
  /** Whether something was said there already, which this stands beside. */
  beside?: boolean;
  /** Called once the new conversation has its first message, to change the address. */
  onOpened: (conversationId: string) => Promise<void>;
  /** Called once the message is kept, with what it is called. */
  onKept?: (started: Started) => void;
  /** The name under which the server says it once, however often it is sent. */
  sendId?: string;
  /** Called when it did not arrive, with the conversation that was made for it. */
  onFailed?: (error: ApiError, made: string | null) => Promise<Fate>;
};

export type Again = {
  conversationId: string;
  answer: PlacedMessage;
  way: Way;
  model: string | null;
  onKept: (started: Started) => void;
};

export class TurnRunner {
  readonly #client: QueryClient;
  readonly #store: LiveTurnStore;
  readonly #follower: TurnFollower;
  readonly #aborts = new Set<AbortController>();

  constructor(client: QueryClient, store: LiveTurnStore) {
    this.#client = client;
    this.#store = store;
    this.#follower = new TurnFollower(client, store);
  }

  /**
   * Sends a message and follows its turn, or its turns.
   *
   * A message that does not arrive goes back into its draft; one that was said beside another is handed back, as an
   * ApiError that is thrown.
   */
  async send(send: Send): Promise<void> {
    const key = send.conversationId ?? NEW_CHAT;
    const after = send.beside ? { after: send.parentId ?? null } : {};
    this.#begin(key, send.models ?? [send.model], {
      ...after,
      sent: sentMessage(send.draft, key, send.parentId ?? null),
    });
    await this.#whileAlive(async (signal) => {
      let conversationId = send.conversationId;
      try {
        conversationId ??= await this.#create(send);
        await this.#deliver(send, conversationId, signal);
        if (!signal.aborted) await this.#follower.settle(conversationId);
      } catch (thrown) {
        if (!signal.aborted) await this.#giveUp(send, conversationId, asApiError(thrown));
      }
    });
  }

  /** Has an answer given again, or ended. Raises an ApiError when that was refused. */
  async again({ conversationId, answer, way, model, onKept }: Again): Promise<void> {
    if (this.#store.get(conversationId)) return;
    this.#begin(conversationId, [model], { sent: null, after: answer.parent_id });
    await this.#whileAlive(async (signal) => {
      try {
        const place = { id: conversationId, messageId: answer.id, way };
        await this.#follower.reach(conversationId, () => askAgain(place, model, signal), onKept, signal);
        if (!signal.aborted) await this.#follower.settle(conversationId);
      } catch (thrown) {
        if (!signal.aborted) this.#refused(conversationId, asApiError(thrown));
      }
    });
  }

  /** Has a question answered by several models at once, beside what was answered. Raises as `again`. */
  async compare(conversationId: string, questionId: string, models: readonly string[]): Promise<void> {
    if (this.#store.get(conversationId)) return;
    this.#begin(conversationId, models, { sent: null, after: questionId });
    await this.#whileAlive(async (signal) => {
      try {
        await this.#follower.compared(conversationId, { models, messageId: questionId }, () => undefined, signal);
        if (!signal.aborted) await this.#follower.settle(conversationId);
      } catch (thrown) {
        if (!signal.aborted) this.#refused(conversationId, asApiError(thrown));
      }
    });
  }

  /** Follows turns that were found running: after a reload, or begun in another tab. */
  async resume(conversationId: string, turnIds: readonly string[]): Promise<void> {
    const running = turnIds.filter((turnId) => !this.#follower.hasEnded(turnId));
    if (this.#store.get(conversationId) || running.length === 0) return;
    this.#begin(
      conversationId,
      running.map(() => null),
      { sent: null },
    );
    await this.#whileAlive(async (signal) => {
      try {
        const follow = (turnId: string, slot: number) =>
          this.#follower.follow(conversationId, { turnId, slot }, signal);
        await Promise.all(running.map(follow));
        if (!signal.aborted) await this.#follower.settle(conversationId);
      } catch {
        for (const turnId of running) this.#follower.giveUpOn(turnId);
        this.#drop(conversationId);
        void this.#client.invalidateQueries({ queryKey: keys.messages(conversationId) });
      }
    });
  }

  /** Asks the server to stop; what is written so far is kept. Raises an ApiError when the wish did not arrive. */
  async stop(key: string): Promise<void> {
    const slots = this.#store.all(key).map((_, slot) => slotKey(key, slot));
    await Promise.all(slots.map((slot) => this.#stop(slot)));
  }

  /** Lets go of every stream, when the session ends. The turns themselves go on at the server. */
  letGo(): void {
    for (const abort of this.#aborts) abort.abort();
    this.#store.clear();
  }

  async #stop(key: string): Promise<void> {
    const live = this.#store.get(key);
    if (!live || live.stopping || live.turn.finished) return;
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

  #begin(
    key: string,
    models: readonly (string | null)[],
    how: Pick<Parameters<LiveTurnStore["begin"]>[1], "sent" | "after">,
  ): void {
    for (const [slot, model] of models.entries()) this.#store.begin(slotKey(key, slot), { ...how, turn: { model } });
  }

  #drop(key: string): void {
    this.#store.drop(...this.#store.all(key).map((_, slot) => slotKey(key, slot)));
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

  async #create({ model, models, settings, sendId }: Send): Promise<string> {
    const first = models?.[0] ?? model;
    const made = await createConversation({ ...settings, ...(first ? { model: first } : {}) }, sendId);
    seedConversation(this.#client, made);
    this.#store.open(made.id);
    return made.id;
  }

  async #deliver(send: Send, conversationId: string, signal: AbortSignal): Promise<void> {
    const { draft, model, models, parentId } = send;
    const onKept = (started: Started) => this.#kept(started, send);
    const said = {
      text: draft.text,
      ...(send.sendId ? { send_id: send.sendId } : {}),
      ...(draft.images.length > 0 ? { images: [...draft.images] } : {}),
      ...(parentId === undefined || send.conversationId === null ? {} : { parent_id: parentId }),
    };
    if (models) {
      await this.#follower.compared(conversationId, { models, said }, onKept, signal);
      return;
    }
    const body = { ...said, stream: true, ...(model ? { model } : {}) };
    await this.#follower.reach(conversationId, () => sendMessage(conversationId, body, signal), onKept, signal);
  }

  async #kept(started: Started, send: Send): Promise<void> {
    const { conversation_id: conversationId } = started;
    void this.#client.invalidateQueries({ queryKey: keys.conversations });
    // The server has made a title out of the first message.
    void this.#client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
    send.onKept?.(started);
    if (send.conversationId !== null) return;
    await send.onOpened(conversationId);
    this.#store.opened();
  }

  /** What was asked anew did not begin, or could not be followed: what the server kept is the truth. */
  #refused(conversationId: string, error: ApiError): void {
    const begun = this.#store.get(conversationId)?.turn.turnId;
    this.#drop(conversationId);
    void this.#client.invalidateQueries({ queryKey: keys.messages(conversationId) });
    if (!begun) throw error;
  }

  async #giveUp(send: Send, conversationId: string | null, error: ApiError): Promise<void> {
    if (conversationId && (send.beside || this.#store.get(conversationId)?.turn.turnId)) {
      // The message did arrive; only the following failed. What the server kept is the truth.
      this.#refused(conversationId, error);
      return;
    }
    const key = send.conversationId ?? NEW_CHAT;
    const made = send.conversationId === null ? conversationId : null;
    const fate = (await send.onFailed?.(error, made)) ?? "untold";
    if (made) {
      this.#drop(made);
      this.#store.opened();
      // An empty conversation that nobody asked for would only be clutter.
      if (fate !== "waits") void deleteConversation(made).catch(() => undefined);
    }
    this.#drop(key);
    // It may not be there any more, or go on elsewhere.
    if (fate !== "waits") void this.#client.invalidateQueries({ queryKey: keys.conversation(key) });
    if (fate !== "untold") return;
    restoreDraft(key, send.draft);
    this.#store.fail(key, error);
  }
}
