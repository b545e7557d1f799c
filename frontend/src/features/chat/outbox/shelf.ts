// What waits, in this page and in the browser at once, and in the other tabs soon after.
import { allKept, forget, isKept, keep, MOST_PICTURES } from "./keeping.ts";
import type { WaitingMessage, WaitingStore } from "./waiting.ts";

export type Person = { userId: string; tenantId: string };

export class Shelf {
  readonly #waiting: WaitingStore;
  readonly #tabs = new BroadcastChannel("chimera.outbox");
  #person: Person | null = null;

  constructor(waiting: WaitingStore) {
    this.#waiting = waiting;
    this.#tabs.onmessage = () => void this.#load();
  }

  get person(): Person | null {
    return this.#person;
  }

  /** Takes up what somebody left here; what is another organisation's stays for when they are there again. */
  async begin(person: Person): Promise<void> {
    this.#person = person;
    await this.#load();
  }

  end(): void {
    this.#person = null;
    this.#waiting.replace([]);
  }

  /** Adds a message; whether the browser keeps it. */
  async add(entry: WaitingMessage): Promise<boolean> {
    this.#waiting.add(entry);
    const pictures = this.#waiting.entries().flatMap(({ draft }) => draft.images);
    if (pictures.reduce((sum, url) => sum + url.length, 0) > MOST_PICTURES) return false;
    try {
      await keep(entry);
    } catch {
      return false;
    }
    if (!entry.going) this.#tell();
    return true;
  }

  async change(id: string, change: Partial<WaitingMessage>): Promise<void> {
    this.#waiting.change(id, change);
    const changed = this.#waiting.get(id);
    if (changed) await keep(changed).catch(() => undefined);
    this.#tell();
  }

  async drop(id: string): Promise<void> {
    this.#waiting.drop(id);
    await forget(id);
    this.#tell();
  }

  /** Whether it still waits: another tab may have sent it. */
  async isStill(id: string): Promise<boolean> {
    const still = await isKept(id).catch(() => true);
    if (!still) this.#waiting.drop(id);
    return still;
  }

  #tell(): void {
    this.#tabs.postMessage("changed");
  }

  async #load(): Promise<void> {
    const person = this.#person;
    if (!person) return;
    const kept = await allKept();
    const going = this.#waiting.entries().filter((entry) => entry.going);
    const others = kept.filter(
      ({ id, userId, tenantId }) =>
        userId === person.userId && tenantId === person.tenantId && !going.some((one) => one.id === id),
    );
    this.#waiting.replace([...going, ...others]);
  }
}
