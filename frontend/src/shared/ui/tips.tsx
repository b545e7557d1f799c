import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

const SLOWLY_MS = 500;
/** Whoever goes from one button to the next need not wait again; and so long one may be on the way to the tip itself. */
const SHORTLY_MS = 250;
const GAP_PX = 6;
const EDGE_PX = 8;

type Tip = { button: HTMLElement; label: string; hint: string };

function buttonAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
}

function tipOf(button: HTMLElement): Tip {
  return { button, label: button.ariaLabel ?? "", hint: button.dataset.tip ?? "" };
}

/** Calls back with the button that the pointer rests on or the focus is on, and with null when that is over. */
function watch(show: (tip: Tip | null) => void): () => void {
  const over = new AbortController();
  const { signal } = over;
  let timer = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  const put = (tip: Tip | null) => {
    clearTimeout(timer);
    if (shown) shownAt = performance.now();
    shown = tip !== null;
    show(tip);
  };
  const after = (ms: number, tip: Tip | null) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => put(tip?.button.isConnected === false ? null : tip), ms);
  };
  const listen = <Name extends keyof DocumentEventMap>(
    name: Name,
    heard: (event: DocumentEventMap[Name]) => void,
    options: AddEventListenerOptions = {},
  ) => document.addEventListener(name, heard, { signal, ...options });
  listen("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    if (event.target instanceof Element && event.target.closest("[role=tooltip]")) {
      clearTimeout(timer);
      return;
    }
    const button = buttonAt(event.target);
    if (button) after(shown || performance.now() - shownAt < SHORTLY_MS ? 0 : SLOWLY_MS, tipOf(button));
    else if (shown) after(SHORTLY_MS, null);
    else clearTimeout(timer);
  });
  listen("focusin", (event) => {
    const button = buttonAt(event.target);
    put(button?.matches(":focus-visible") ? tipOf(button) : null);
  });
  for (const name of ["focusout", "pointerdown"] as const) listen(name, () => put(null));
  listen("keydown", (event) => event.key === "Escape" && put(null));
  listen("scroll", () => shown && put(null), { capture: true, passive: true });
  return () => {
    clearTimeout(timer);
    over.abort();
  };
}

/**
 * Tells what the icon under the pointer or the focus stands for: one for all buttons of the page. Screen readers have
 * it as the button's name already.
 */
export function Tips() {
  const [tip, setTip] = useState<Tip | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => watch(setTip), []);
  useLayoutEffect(() => {
    if (!tip || !box.current) return;
    const at = tip.button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box.current;
    const above = at.top - height - GAP_PX;
    const middle = at.left + (at.width - width) / 2;
    const left = Math.max(EDGE_PX, Math.min(middle, window.innerWidth - width - EDGE_PX));
    box.current.style.transform = `translate(${left}px, ${above < EDGE_PX ? at.bottom + GAP_PX : above}px)`;
  }, [tip]);
  if (!tip) return null;
  return createPortal(
    <div ref={box} role="tooltip" className="pointer-events-auto fixed top-0 left-0 z-[60]">
      <div className="flex animate-fade items-center gap-2 rounded-lg bg-ink px-2.5 py-1.5 text-page text-xs shadow-lift">
        {tip.label}
        {tip.hint ? <span className="opacity-70">{tip.hint}</span> : null}
      </div>
    </div>,
    document.body,
  );
}
