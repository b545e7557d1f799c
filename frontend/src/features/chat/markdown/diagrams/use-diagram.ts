import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import { type DiagramOrder, isNews } from "#shared/lib/diagram-messages.ts";
import { lru } from "#shared/lib/lru.ts";
import { coloursAt } from "./colours.ts";

export type Failure = "failed" | "tooLong";

const LONGEST_MS = 20_000;
const [LOWEST, HIGHEST] = [48, 720];
/** How high each was, so that one that scrolls back into view takes its room at once. */
const heights = lru<string, number>(300);

function watchTheme(notify: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  system.addEventListener("change", notify);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", notify);
  };
}

function theme(): string {
  return document.documentElement.dataset.theme ?? String(matchMedia("(prefers-color-scheme: dark)").matches);
}

function orderFor(source: string, frame: HTMLIFrameElement): DiagramOrder {
  const { dark, colours } = coloursAt(frame.parentElement ?? document.body);
  const language = document.documentElement.lang;
  return { source, language, dark, colours, font: getComputedStyle(frame).fontFamily };
}

/**
 * Has a frame draw a diagram, anew in each theme. What the frame says is believed only from this frame's window, in its
 * known shapes, and within bounds; one that stays silent is given up.
 */
export function useDiagram(
  frame: RefObject<HTMLIFrameElement | null>,
  source: string,
  onFailure: (how: Failure) => void,
) {
  const shown = useSyncExternalStore(watchTheme, theme);
  const [ready, setReady] = useState(false);
  const [height, setHeight] = useState(() => heights.get(source) ?? 0);
  const [drawn, setDrawn] = useState(false);

  useEffect(() => {
    const hear = (event: MessageEvent<unknown>) => {
      if (event.source === null || event.source !== frame.current?.contentWindow || !isNews(event.data)) return;
      if (event.data.is === "ready") setReady(true);
      else if (event.data.is === "failed") onFailure("failed");
      else {
        const bounded = Math.min(Math.max(event.data.height, LOWEST), HIGHEST);
        heights.set(source, bounded);
        setHeight(bounded);
        setDrawn(true);
      }
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, [frame, source, onFailure]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` is what asks for another drawing.
  useEffect(() => {
    const element = frame.current;
    if (!ready || !element) return;
    // It has no origin that could be named; what it is told is the message's own text.
    element.contentWindow?.postMessage(orderFor(source, element), "*");
  }, [frame, source, ready, shown]);

  useEffect(() => {
    if (!ready || drawn) return;
    const timer = window.setTimeout(() => onFailure("tooLong"), LONGEST_MS);
    return () => window.clearTimeout(timer);
  }, [ready, drawn, onFailure]);

  return { height, drawn };
}
