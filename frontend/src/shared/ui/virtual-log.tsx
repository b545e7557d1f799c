import { type Range, useVirtualizer, type VirtualItem, type Virtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { hasTouchOnly } from "#shared/lib/platform.ts";
import { useTarget } from "./use-target.ts";

/** Nearer to the end than this counts as reading the end. */
const NEAR_PX = 64;
/** What lies nearer to the view than this is in the document as well; fingers fling faster than pages are drawn. */
const BEYOND_PX = hasTouchOnly() ? 400 : 90;
/** Older messages are fetched before the reader is at the beginning of those there are. */
const EARLY_PX = 400;

export type Older = {
  has: boolean;
  loading: boolean;
  /** They could not be fetched: they are asked for again when the reader scrolls. */
  failed: boolean;
  load: () => void;
};

type VirtualLogProps<Item> = {
  items: readonly Item[];
  /** The same for the same row, though another version takes its place. */
  keyOf: (item: Item) => string;
  /** How high a row is before it was measured, in pixels. */
  estimate: (item: Item) => number;
  /** What the reader said last: it is brought into view whenever it changes. */
  said: string | undefined;
  older: Older;
  /** The message that somebody was led to, as by a search, and the item that shows it (-1 where none does yet). */
  target?: { id: string; index: number } | null;
  /** In place of the items while they are fetched. */
  waiting?: ReactNode;
  /** A row; `total` is -1 while there may be older ones. */
  children: (item: Item, position: number, total: number) => ReactNode;
};

/** Adds to what is seen the rows that begin or end near it, be they many or one. */
function nearby({ startIndex, endIndex, count }: Range, places: readonly VirtualItem[]): number[] {
  let first = startIndex;
  let last = endIndex;
  const top = places[first]?.start ?? 0;
  const bottom = places[last]?.end ?? 0;
  while (first > 0 && top - (places[first]?.start ?? 0) < BEYOND_PX) first -= 1;
  while (last < count - 1 && (places[last]?.end ?? 0) - bottom < BEYOND_PX) last += 1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => first + step);
}

/** What was said, only what is in view being in the document. It follows the end only for a reader who is at the end. */
export function VirtualLog<Item>(props: VirtualLogProps<Item>) {
  const { items, keyOf, estimate, said, older, target = null, waiting = null, children } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const list: Virtualizer<HTMLDivElement, Element> = useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    // It begins with the first items, at their end: those at the beginning are not drawn on the way there.
    enabled: items.length > 0,
    initialOffset: () => list.getTotalSize(),
    getScrollElement: () => scroller.current,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    estimateSize: (index) => {
      const item = items[index];
      return item === undefined ? 0 : estimate(item);
    },
    rangeExtractor: (range) => nearby(range, list.measurementsCache),
    paddingStart: 24,
    paddingEnd: 24,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_PX,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was just said is always brought into view.
  useLayoutEffect(() => {
    list.scrollToEnd();
  }, [said]);

  useTarget({ target: target?.id ?? null, index: target?.index ?? -1, isEmpty: items.length === 0, older, list });

  const { has, loading, failed } = older;
  const load = useEffectEvent(older.load);
  // The network is what this is in step with: at the beginning of what is there nothing scrolls that would ask for more.
  useEffect(() => {
    if (has && !loading && !failed && items.length > 0 && (scroller.current?.scrollTop ?? EARLY_PX) < EARLY_PX) load();
  }, [has, loading, failed, items.length]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    setAtEnd(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
    if (box.scrollTop < EARLY_PX && older.has && !older.loading) older.load();
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        // Deltas would drown everything else: starts and ends are said elsewhere.
        aria-live="off"
        aria-label={t("chat.log")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the list must be scrollable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
        className="h-full overflow-y-auto overflow-x-hidden [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        {older.loading ? <p className="py-2 text-center text-faint text-sm">{t("chat.loadingOlder")}</p> : null}
        {waiting}
        <div className="relative w-full" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ key, index, start }) => {
            const item = items[index];
            return item === undefined ? null : (
              <div
                key={key}
                ref={list.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                {children(item, index + 1, older.has ? -1 : items.length)}
              </div>
            );
          })}
        </div>
      </div>
      <ToTheEnd hidden={atEnd} onGo={() => list.scrollToEnd({ behavior: "auto" })} />
    </div>
  );
}

function ToTheEnd({ hidden, onGo }: { hidden: boolean; onGo: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={onGo}
      className={cx(
        "absolute bottom-3 left-1/2 flex h-9 -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-card px-4 font-medium text-sm shadow-float transition-opacity hover:bg-hover",
        hidden && "invisible opacity-0",
      )}
    >
      <ArrowDown aria-hidden="true" className="size-4" />
      {t("chat.jump")}
    </button>
  );
}
