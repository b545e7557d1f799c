import { useEffect, useRef } from "react";
import { bindings, keysOf, type ShortcutName, worksWhileWriting } from "./shortcuts.ts";

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Listens for the app's own shortcuts, wherever the focus is. Whoever records keys stops them before. */
export function useShortcuts(acts: Partial<Record<ShortcutName, () => void>>): void {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const keys = event.defaultPrevented || event.isComposing ? null : keysOf(event);
      if (!keys || (isWriting(event.target) && !worksWhileWriting(keys))) return;
      const bound = Object.entries(bindings()).find(([, held]) => held === keys)?.[0] as ShortcutName | undefined;
      const act = bound && latest.current[bound];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
