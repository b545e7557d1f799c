import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { LoadingRows } from "./loading-rows.tsx";
import { MessageRow } from "./message-row.tsx";
import type { Row } from "./rows.ts";
import { useTarget } from "./use-target.ts";

/** Nearer to the end than this counts as reading the end. */
const NEAR_PX = 64;

type MessageListProps = {
  rows: Row[];
  loading: boolean;
  older: { has: boolean; loading: boolean; load: () => void };
  /** The question whose answers are shown side by side. */
  sideBySide: string | null;
  /** The message that somebody was led to, as by a search. */
  target: string | null;
};

/** A message keeps its row when another version takes its place: what follows the same message is the same row. */
function keyOf(row: Row | undefined): string | undefined {
  return row ? `${row.message.role} after ${row.message.parent_id}` : undefined;
}

/** The messages, only those in view being in the document. It follows the end only for a reader who is at the end. */
export function MessageList({ rows, loading, older, sideBySide, target }: MessageListProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => keyOf(rows[index]) ?? index,
    estimateSize: (index) => (rows[index]?.message.role === "user" ? 96 : 260),
    overscan: 4,
    paddingStart: 24,
    paddingEnd: 24,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_PX,
  });
  const lastKey = rows.at(-1)?.live ? rows.at(-2)?.message.id : undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was just sent is always brought into view.
  useLayoutEffect(() => {
    list.scrollToEnd();
  }, [lastKey]);

  useTarget({ target, rows, older, list });

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    setAtEnd(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
    if (box.scrollTop < 400 && older.has && !older.loading) older.load();
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={t("chat.log")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the list must be scrollable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
        className="h-full overflow-y-auto overflow-x-hidden [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        {older.loading ? <p className="py-2 text-center text-faint text-sm">{t("chat.loadingOlder")}</p> : null}
        {loading ? <LoadingRows /> : null}
        <div className="relative w-full" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={item.key}
                ref={list.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <MessageRow
                  row={row}
                  position={item.index + 1}
                  total={older.has ? -1 : rows.length}
                  sideBySide={row.message.role === "assistant" && row.message.parent_id === sideBySide}
                  marked={row.message.id === target}
                  last={item.index === rows.length - 1}
                />
              </div>
            );
          })}
        </div>
      </div>
      <button
        type="button"
        onClick={() => list.scrollToEnd({ behavior: "auto" })}
        className={cx(
          "absolute bottom-3 left-1/2 flex h-9 -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-card px-4 font-medium text-sm shadow-float transition-opacity hover:bg-hover",
          atEnd && "invisible opacity-0",
        )}
      >
        <ArrowDown aria-hidden="true" className="size-4" />
        {t("chat.jump")}
      </button>
    </div>
  );
}
