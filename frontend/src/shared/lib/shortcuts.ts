import { useSyncExternalStore } from "react";
import { modKey } from "./platform.ts";
import { readStored, writeStored } from "./storage.ts";

/** What can be done by keys anywhere in the app, and by which as it comes: `mod` is Ctrl, or ⌘ on a Mac. */
const DEFAULTS = {
  palette: "mod+k",
  newChat: "mod+shift+o",
  search: "mod+shift+f",
  filter: "/",
  sidebar: "mod+b",
  settings: "mod+,",
  help: "?",
} as const;

export type ShortcutName = keyof typeof DEFAULTS;
export type Bindings = Record<ShortcutName, string>;

export const SHORTCUTS = Object.keys(DEFAULTS) as ShortcutName[];

const KEY = "chimera.shortcuts";
const changes = new EventTarget();

function isName(name: string): name is ShortcutName {
  return name in DEFAULTS;
}

function parsed(stored: string | null): Bindings {
  try {
    const own: unknown = JSON.parse(stored ?? "{}");
    const pairs = typeof own === "object" && own !== null ? Object.entries(own) : [];
    return {
      ...DEFAULTS,
      ...Object.fromEntries(pairs.filter(([name, keys]) => isName(name) && typeof keys === "string")),
    };
  } catch {
    // Written by something else: what comes with the app holds.
    return { ...DEFAULTS };
  }
}

let known: { stored: string | null; bindings: Bindings } | null = null;

/** By which keys things are done now. The same object as long as nothing changes. */
export function bindings(): Bindings {
  const stored = readStored(KEY);
  if (known?.stored !== stored || !known) known = { stored, bindings: parsed(stored) };
  return known.bindings;
}

export function useBindings(): Bindings {
  return useSyncExternalStore((notify) => {
    changes.addEventListener("change", notify);
    return () => changes.removeEventListener("change", notify);
  }, bindings);
}

/** Binds other keys to something; null takes back what comes with the app, "" lets no keys do it. */
export function bind(name: ShortcutName, keys: string | null): void {
  const next = { ...bindings(), [name]: keys ?? DEFAULTS[name] };
  const own = Object.entries(next).filter(([one, held]) => isName(one) && DEFAULTS[one] !== held);
  writeStored(KEY, own.length ? JSON.stringify(Object.fromEntries(own)) : null);
  changes.dispatchEvent(new Event("change"));
}

export function bindAllAnew(): void {
  writeStored(KEY, null);
  changes.dispatchEvent(new Event("change"));
}

export function isDefault(name: ShortcutName, keys: string): boolean {
  return DEFAULTS[name] === keys;
}

const ALONE = new Set(["Control", "Shift", "Alt", "Meta", "Dead", "Process", "Unidentified"]);

/** The keys of an event as they are written in a binding; null while only Ctrl and its like are held. */
export function keysOf(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string | null {
  if (ALONE.has(event.key)) return null;
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  // Of a sign such as ? Shift is part already: where it stands differs from keyboard to keyboard.
  const shifted = event.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  const held = [event.ctrlKey || event.metaKey ? "mod" : "", event.altKey ? "alt" : "", shifted ? "shift" : ""];
  return [...held.filter(Boolean), key].join("+");
}

/** Whether keys can be held while somebody writes: those that write nothing themselves. */
export function worksWhileWriting(keys: string): boolean {
  return /^(mod|alt)\+/.test(keys) || /^(shift\+)?f\d+$/.test(keys);
}

/** A binding as it is printed on keys. */
export function keyNames(keys: string): string[] {
  const names: Record<string, string> = { mod: modKey(), shift: "Shift", alt: "Alt", space: "Space", escape: "Esc" };
  // The key itself may be +.
  const parts = keys.endsWith("++") ? [...keys.slice(0, -2).split("+"), "+"] : keys === "+" ? ["+"] : keys.split("+");
  return parts.filter(Boolean).map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : capital(part)));
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
