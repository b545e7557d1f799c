import { useEffect, useRef } from "react";

/** Escape stops the running answer, unless something nearer (a menu, a dialog) takes it first. */
export function useStopKey(running: boolean, onStop: () => void): void {
  const latest = useRef(onStop);
  useEffect(() => {
    latest.current = onStop;
  });
  useEffect(() => {
    if (!running) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      const taken = event.defaultPrevented || event.isComposing || document.querySelector("[role=dialog],[role=menu]");
      if (event.key === "Escape" && !taken) latest.current();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [running]);
}
