import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useRef } from "react";
import type { Row } from "./rows.ts";

type TargetOptions = {
  /** The message that somebody was led to. */
  target: string | null;
  rows: readonly Row[];
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

/** Brings a message into view, once: older ones are fetched until it is there. Afterwards the reader scrolls. */
export function useTarget({ target, rows, older, list }: TargetOptions): void {
  const reached = useRef<string | null>(null);
  const index = target === null ? -1 : rows.findIndex((row) => row.message.id === target);
  const { has, loading } = older;
  const load = useEffectEvent(older.load);
  const isEmpty = rows.length === 0;
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
      const element = document.getElementById(messageElementId(target));
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
