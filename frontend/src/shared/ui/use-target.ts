import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useRef } from "react";

type TargetOptions = {
  /** The message that somebody was led to. */
  target: string | null;
  /** Its place among the items; -1 where it is not there yet. */
  index: number;
  isEmpty: boolean;
  older: { has: boolean; loading: boolean; load: () => void };
  list: Virtualizer<HTMLDivElement, Element>;
};

/** The element of a message, for links that lead to it. */
export function messageElementId(id: string): string {
  return `m-${id}`;
}

/** So many frames in a row it must stand in view, and so long it is tried: heights are measured as rows appear. */
const CALM_FRAMES = 6;
const PATIENCE_MS = 4000;

function isInView(element: HTMLElement | null, scroller: Element | null): boolean {
  if (!element || !scroller) return false;
  const { top, bottom } = scroller.getBoundingClientRect();
  const at = element.getBoundingClientRect().top;
  return at >= top - 1 && at < bottom;
}

/** The message's element, where it is there; what it is folded away in is opened. */
function elementOf(target: string): HTMLElement | null {
  const element = document.getElementById(messageElementId(target));
  const folded = element?.closest<HTMLDetailsElement>("details:not([open])");
  if (folded) folded.open = true;
  return element;
}

/** Brings a message into view, once: older ones are fetched until it is there. Afterwards the reader scrolls. */
export function useTarget({ target, index, isEmpty, older, list }: TargetOptions): void {
  const reached = useRef<string | null>(null);
  const { has, loading } = older;
  const load = useEffectEvent(older.load);
  useEffect(() => {
    if (target === null || reached.current === target || isEmpty) return;
    if (index < 0) {
      if (has && !loading) load();
      return;
    }
    const begun = performance.now();
    let calm = 0;
    let frame = 0;
    const bring = () => {
      const element = elementOf(target);
      calm = isInView(element, list.scrollElement) ? calm + 1 : 0;
      if (calm === 0) list.scrollToIndex(index, { align: "start" });
      if (calm >= CALM_FRAMES || performance.now() - begun > PATIENCE_MS) {
        reached.current = target;
        element?.focus({ preventScroll: true });
      } else frame = requestAnimationFrame(bring);
    };
    frame = requestAnimationFrame(bring);
    // Whatever was fetched meanwhile has moved it: begun anew, with its place of now.
    return () => cancelAnimationFrame(frame);
  }, [target, index, isEmpty, has, loading, list]);
}
