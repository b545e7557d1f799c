import { useSyncExternalStore } from "react";

type Highlighter = typeof import("highlight.js/lib/common").default;

/** Longer code stays plain: colouring it would cost more than it helps. */
const LIMIT = 40_000;

let loaded: Highlighter | null = null;
let asked = false;
const changes = new EventTarget();

function load(): void {
  if (asked) return;
  asked = true;
  void import("highlight.js/lib/common").then((module) => {
    loaded = module.default;
    changes.dispatchEvent(new Event("loaded"));
  });
}

function subscribe(notify: () => void): () => void {
  if (!loaded) load();
  changes.addEventListener("loaded", notify);
  return () => changes.removeEventListener("loaded", notify);
}

/** The code as escaped HTML with colours, or null while (or if) there are none. The colours load on first use. */
export function useHighlighted(code: string, language: string | null): string | null {
  const highlighter = useSyncExternalStore(subscribe, () => loaded);
  if (!highlighter || !language || code.length > LIMIT || !highlighter.getLanguage(language)) return null;
  return highlighter.highlight(code, { language, ignoreIllegals: true }).value;
}
