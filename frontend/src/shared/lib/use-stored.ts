import { useCallback, useSyncExternalStore } from "react";
import { readStored, writeStored } from "./storage.ts";

const changes = new EventTarget();

/** Keeps a value in this browser, and tells whoever shows it. */
export function keepStored(key: string, value: string | null): void {
  writeStored(key, value);
  changes.dispatchEvent(new Event(key));
}

/** A value that this browser keeps, the same wherever it is read on the page. */
export function useStored(key: string): [string | null, (value: string | null) => void] {
  const subscribe = useCallback(
    (notify: () => void) => {
      changes.addEventListener(key, notify);
      return () => changes.removeEventListener(key, notify);
    },
    [key],
  );
  const value = useSyncExternalStore(subscribe, () => readStored(key));
  const write = useCallback((next: string | null) => keepStored(key, next), [key]);
  return [value, write];
}
