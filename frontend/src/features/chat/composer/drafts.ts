// What is being written, per user and conversation. The text survives reloads and lost sessions; images only this page.
import { useSyncExternalStore } from "react";
import { clearStored, readStored, writeStored } from "#shared/lib/storage.ts";

export type Draft = { text: string; images: readonly string[] };

const PREFIX = "chimera.draft.";
const EMPTY: Draft = { text: "", images: [] };
const known = new Map<string, Draft>();
const changes = new EventTarget();
let owner = "";

function placeOf(key: string): string {
  return `${PREFIX}${owner}.${key}`;
}

/** From now on drafts are read and written as this user's; those of others stay where they are. */
export function draftsOf(userId: string): void {
  if (owner === userId) return;
  owner = userId;
  known.clear();
  changes.dispatchEvent(new Event("change"));
}

export function readDraft(key: string): Draft {
  const draft = known.get(key);
  if (draft) return draft;
  const text = readStored(placeOf(key));
  const fresh = text ? { text, images: [] } : EMPTY;
  known.set(key, fresh);
  return fresh;
}

export function writeDraft(key: string, draft: Draft): void {
  known.set(key, draft);
  writeStored(placeOf(key), draft.text);
  changes.dispatchEvent(new Event("change"));
}

export function clearDraft(key: string): void {
  writeDraft(key, EMPTY);
}

/** Puts an unsent message back, before whatever was written since. */
export function restoreDraft(key: string, unsent: Draft): void {
  const now = readDraft(key);
  const text = now.text ? `${unsent.text}\n${now.text}` : unsent.text;
  writeDraft(key, { text, images: [...unsent.images, ...now.images] });
}

/** Forgets every draft, when somebody leaves a machine that others may use. */
export function forgetDrafts(): void {
  known.clear();
  clearStored(PREFIX);
  changes.dispatchEvent(new Event("change"));
}

function subscribe(notify: () => void): () => void {
  changes.addEventListener("change", notify);
  return () => changes.removeEventListener("change", notify);
}

export function useDraft(key: string): Draft {
  return useSyncExternalStore(subscribe, () => readDraft(key));
}
