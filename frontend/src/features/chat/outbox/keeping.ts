// Where messages wait in the browser: a database of its own, since pictures are too large for other places.
import type { WaitingMessage } from "./waiting.ts";

const NAME = "chimera.outbox";
const STORE = "messages";
/** Characters of pictures that are kept at most, of all messages together. */
export const MOST_PICTURES = 32_000_000;

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= (async () => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    return await settled(request);
  })();
  return opened;
}

async function inStore<Value>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const database = await open();
  return await settled(act(database.transaction(STORE, mode).objectStore(STORE)));
}

/** All that is kept; nothing where the browser keeps nothing. */
export async function allKept(): Promise<WaitingMessage[]> {
  return await inStore<WaitingMessage[]>("readonly", (store) => store.getAll()).catch(() => []);
}

export async function isKept(id: string): Promise<boolean> {
  return (await inStore("readonly", (store) => store.getKey(id))) !== undefined;
}

/** Keeps a message, new or changed. Raises what the browser says when it does not. */
export async function keep(entry: WaitingMessage): Promise<void> {
  await inStore("readwrite", (store) => store.put(entry));
}

export async function forget(id: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(id)).catch(() => undefined);
}

export async function forgetAll(): Promise<void> {
  await inStore("readwrite", (store) => store.clear()).catch(() => undefined);
}
