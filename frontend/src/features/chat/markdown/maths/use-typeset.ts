import { useSyncExternalStore } from "react";
import { loadWords } from "#shared/i18n/i18n.ts";

type Typeset = typeof import("./typeset.ts").typeset;

let loaded: Typeset | null = null;
let asked = false;
const changes = new EventTarget();

function load(): void {
  if (asked) return;
  asked = true;
  Promise.all([import("./typeset.ts"), loadWords("drawings")]).then(
    ([module]) => {
      loaded = module.typeset;
      changes.dispatchEvent(new Event("loaded"));
    },
    () => {
      // Without a connection the source stays; the next formula asks again.
      asked = false;
    },
  );
}

function subscribe(notify: () => void): () => void {
  if (!loaded) load();
  changes.addEventListener("loaded", notify);
  return () => changes.removeEventListener("loaded", notify);
}

/** What sets formulas, or null while it is being loaded; the first formula asks for it. */
export function useTypeset(): Typeset | null {
  return useSyncExternalStore(subscribe, () => loaded);
}
