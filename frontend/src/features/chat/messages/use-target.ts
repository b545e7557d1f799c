import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
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

/** Brings a message into view, once: older ones are fetched until it is there. Afterwards the reader scrolls. */
export function useTarget({ target, rows, older, list }: TargetOptions): void {
  const reached = useRef<string | null>(null);
  const index = target === null ? -1 : rows.findIndex((row) => row.message.id === target);
  const { has, loading, load } = older;
  useEffect(() => {
    if (target === null || reached.current === target || rows.length === 0) return;
    if (index < 0) {
      if (has && !loading) load();
      return;
    }
    reached.current = target;
    list.scrollToIndex(index, { align: "start" });
    // Heights are measured as rows appear, and the page gives the field the focus first.
    setTimeout(() => {
      list.scrollToIndex(index, { align: "start" });
      document.getElementById(messageElementId(target))?.focus({ preventScroll: true });
    }, 120);
  }, [target, index, rows.length, has, loading, load, list]);
}
