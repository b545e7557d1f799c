import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MessageRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { ActRow } from "./act-row.tsx";
import { actsOf } from "./acts.ts";

/** Nearer to the end than this counts as reading the end. */
const NEAR_PX = 64;

type PanelLogProps = {
  messages: readonly MessageRead[];
  older: { has: boolean; loading: boolean; load: () => void };
};

/** What a panel said, only what is in view being in the document. It follows the end for a reader who is there. */
export function PanelLog({ messages, older }: PanelLogProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const acts = useMemo(() => actsOf(messages), [messages]);
  const list = useVirtualizer({
    count: acts.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => acts[index]?.id ?? index,
    estimateSize: (index) => (acts[index]?.kind === "said" ? 96 : 280),
    overscan: 3,
    paddingStart: 24,
    paddingEnd: 24,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_PX,
  });

  const lastSaid = messages.findLast((message) => message.role === "user")?.id;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was just said is always brought into view.
  useLayoutEffect(() => {
    list.scrollToEnd();
  }, [lastSaid]);

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
        <div className="relative w-full" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const act = acts[item.index];
            if (!act) return null;
            return (
              <div
                key={item.key}
                ref={list.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <ActRow act={act} />
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
