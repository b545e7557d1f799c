// Messages on their way: kept in the browser until the server has them, sent in their order, each said once.
import { restoreDraft } from "#features/chat/composer/drafts.ts";
import { type LiveTurnStore, NEW_CHAT } from "#features/chat/turns/live-turns.ts";
import type { Fate, Send, TurnRunner } from "#features/chat/turns/turn-runner.ts";
import { ApiError } from "#shared/api/errors.ts";
import { alone, newId } from "./locks.ts";
import { isReached, PASSING, PASSING_LATER } from "./reached.ts";
import { type Person, Shelf } from "./shelf.ts";
import type { WaitingMessage, WaitingStore } from "./waiting.ts";

const LONGEST_MS = 30_000;

export class Outbox {
  readonly #runner: TurnRunner;
  readonly #turns: LiveTurnStore;
  readonly #waiting: WaitingStore;
  readonly #shelf: Shelf;
  /** Places at which this page sends what waited, and messages that it sends at once. */
  readonly #busy = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #open: (conversationId: string) => Promise<void> = async () => undefined;

  constructor(runner: TurnRunner, turns: LiveTurnStore, waiting: WaitingStore) {
    this.#runner = runner;
    this.#turns = turns;
    this.#waiting = waiting;
    this.#shelf = new Shelf(waiting);
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    // What waits for the end of an answer goes on then.
    turns.state.subscribe((now, before) => {
      if (Object.keys(now.live).length < Object.keys(before.live).length) this.flush();
    });
  }

  /** Sends what the person left waiting in this browser, and keeps what they say from now on. */
  async begin(person: Person): Promise<void> {
    await this.#shelf.begin(person);
    this.flush();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#shelf.end();
  }

  /** Is told how to lead to the conversation that the new chat becomes. */
  leadBy(open: (conversationId: string) => Promise<void>): void {
    this.#open = open;
  }

  /** Sends a message, or lets it wait behind those that wait at its place. */
  async send(send: Send): Promise<void> {
    const { person } = this.#shelf;
    if (!person || send.beside) {
      await this.#runner.send(send);
      return;
    }
    const place = send.conversationId ?? NEW_CHAT;
    const behind = this.#next(place) !== undefined;
    const entry: WaitingMessage = {
      ...person,
      id: newId(),
      place,
      draft: send.draft,
      model: send.model,
      models: send.models ?? null,
      settings: send.settings ?? {},
      // Behind others it follows what will be answered to them.
      parentId: behind ? undefined : send.parentId,
      going: !behind,
      refused: null,
      madeAt: Date.now(),
    };
    if (!behind) {
      await this.#sendAtOnce(send, entry);
      return;
    }
    if (await this.#shelf.add(entry)) this.flush();
    else await this.#giveBack(entry);
  }

  /** As `flush`, without patience for what failed before. */
  hurry(): void {
    this.#failures = 0;
    this.flush();
  }

  /** Sends what waits, from now on and until nothing does. */
  flush(): void {
    clearTimeout(this.#timer);
    for (const place of new Set(this.#waiting.entries().map((entry) => entry.place))) void this.#go(place);
  }

  async cancel(id: string): Promise<void> {
    await this.#shelf.drop(id);
    this.flush();
  }

  /** Puts a message back to where it was written. */
  async takeBack(id: string): Promise<void> {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    await this.cancel(id);
    restoreDraft(entry.place, entry.draft);
  }

  async retry(id: string): Promise<void> {
    await this.#shelf.change(id, { refused: null });
    this.hurry();
  }

  #next(place: string): WaitingMessage | undefined {
    return this.#waiting.at(place).find(({ refused }) => !refused);
  }

  async #sendAtOnce(send: Send, entry: WaitingMessage): Promise<void> {
    const kept = this.#shelf.add(entry);
    const onFailed = async (error: ApiError, made: string | null): Promise<Fate> => {
      if (PASSING.has(error.code) && (await kept)) {
        await this.#wait(entry, made);
        return "waits";
      }
      if (PASSING.has(error.code) && entry.draft.images.length > 0) {
        await this.#giveBack(entry);
        return "told";
      }
      await this.#shelf.drop(entry.id);
      return "untold";
    };
    const onKept: Send["onKept"] = (started) => {
      void this.#shelf.drop(entry.id);
      send.onKept?.(started);
    };
    this.#busy.add(entry.id);
    try {
      await alone(entry.id, () => this.#runner.send({ ...send, sendId: entry.id, onKept, onFailed }));
    } finally {
      this.#busy.delete(entry.id);
    }
  }

  /** It was not sent, and the browser does not keep it: it stays where it was written. */
  async #giveBack(entry: WaitingMessage): Promise<void> {
    await this.#shelf.drop(entry.id);
    restoreDraft(entry.place, entry.draft);
    this.#turns.fail(entry.place, new ApiError({ code: "queue_full", status: 0, detail: "" }));
  }

  /** Where a conversation was made for it already, it waits there. */
  async #wait(entry: WaitingMessage, made: string | null): Promise<void> {
    await this.#shelf.change(entry.id, { going: false, place: made ?? entry.place });
    if (made) await this.#open(made);
    this.#later();
  }

  /** Sends what waits at one place, one after the other, unless another tab does. */
  async #go(place: string): Promise<void> {
    if (this.#busy.has(place)) return;
    this.#busy.add(place);
    try {
      for (let next = this.#next(place); next && !this.#turns.get(place); next = this.#next(place)) {
        if (this.#busy.has(next.id) || !(await this.#goes(next))) {
          this.#later();
          return;
        }
      }
    } finally {
      this.#busy.delete(place);
    }
  }

  async #goes(entry: WaitingMessage): Promise<boolean> {
    let goes = false;
    await alone(`chimera.outbox.${entry.place}`, async () => {
      await alone(entry.id, async () => {
        goes = !(await this.#shelf.isStill(entry.id)) || (await this.#sendAgain(entry));
      });
    });
    return goes;
  }

  /** Sends what waited; whether the next may go. */
  async #sendAgain(entry: WaitingMessage): Promise<boolean> {
    const { id, place } = entry;
    // Of a tab that was closed while it was sent.
    if (entry.going) this.#waiting.change(id, { going: false });
    if (!(await isReached(entry))) return false;
    this.#failures = 0;
    this.#waiting.change(id, { going: true });
    let passed = true;
    await this.#runner.send({
      conversationId: place === NEW_CHAT ? null : place,
      settings: entry.settings,
      draft: entry.draft,
      model: entry.model,
      ...(entry.models ? { models: entry.models } : {}),
      ...(entry.parentId === undefined ? {} : { parentId: entry.parentId }),
      sendId: id,
      onOpened: (opened) => this.#open(opened),
      onKept: ({ conversation_id }) => {
        void this.#shelf.drop(id);
        if (place === NEW_CHAT) this.#move(conversation_id);
      },
      onFailed: async (error, made) => {
        if (!PASSING_LATER.has(error.code)) return await this.#refuse(entry, error);
        passed = false;
        await this.#wait(entry, made);
        return "waits";
      },
    });
    return passed;
  }

  /** What else waited in the new chat goes on in the conversation that it became. */
  #move(conversationId: string): void {
    for (const { id, refused } of this.#waiting.at(NEW_CHAT)) {
      if (!refused) void this.#shelf.change(id, { place: conversationId });
    }
  }

  async #refuse(entry: WaitingMessage, { code, message, retryAfterS, requestId }: ApiError): Promise<Fate> {
    // Where there is no conversation any more, it is given back before a new one.
    const place = code === "conversation_not_found" ? { place: NEW_CHAT, parentId: undefined } : {};
    await this.#shelf.change(entry.id, { going: false, refused: { code, message, retryAfterS, requestId }, ...place });
    return "told";
  }

  #later(): void {
    clearTimeout(this.#timer);
    if (!this.#waiting.entries().some(({ refused }) => !refused)) return;
    const wait = Math.min(LONGEST_MS, 1000 * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.flush(), wait);
  }
}
