import { useCallback, useSyncExternalStore } from "react";
import { readStored, writeStored } from "./storage.ts";

const changes = new EventTarget();

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
  const write = useCallback(
    (next: string | null) => {
      writeStored(key, next);
      changes.dispatchEvent(new Event(key));
    },
    [key],
  );
  return [value, write];
}
