import { useEffect, useRef } from "react";

type Shortcuts = { search: () => void; newChat: () => void; help: () => void };

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function nameOf(event: KeyboardEvent): keyof Shortcuts | null {
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (mod && !event.shiftKey && !event.altKey && key === "k") return "search";
  if (mod && event.shiftKey && !event.altKey && key === "o") return "newChat";
  if (key === "?" && !mod && !event.altKey && !isWriting(event.target)) return "help";
  return null;
}

/** Listens for the app's own shortcuts, wherever the focus is. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const name = nameOf(event);
      if (!name) return;
      event.preventDefault();
      latest.current[name]();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
