import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "./storage.ts";

export type Theme = "light" | "dark" | "system";

const KEY = "chimera.theme";
const changes = new EventTarget();

function current(): Theme {
  const stored = readStored(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function subscribe(notify: () => void): () => void {
  changes.addEventListener("change", notify);
  return () => changes.removeEventListener("change", notify);
}

/** Sets the theme for the whole document and remembers it; `system` follows the operating system. */
export function setTheme(theme: Theme): void {
  writeStored(KEY, theme === "system" ? null : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  changes.dispatchEvent(new Event("change"));
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current);
}
