import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type DragEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { localeOf } from "#shared/i18n/i18n.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { conversationsQuery, type Shelf } from "./api.ts";
import type { DayGroup } from "./by-day.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { bearsConversations } from "./dragging.ts";
import { recentRows } from "./recent-rows.ts";
import { useDropped } from "./use-dropped.ts";

type RecentListProps = {
  shelf: Shelf;
  /** Which of them are shown; others stand elsewhere. */
  shows: (conversation: ConversationRead) => boolean;
  scroller: RefObject<HTMLElement | null>;
  /** In place of the list where there is none. */
  empty: React.ReactNode;
};

function Skeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("app.loading")} className="animate-late space-y-3 px-3 pt-2">
      {[72, 54, 86, 61, 78].map((width) => (
        <div key={width} className="h-3.5 animate-breathe rounded bg-hover" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

/** Conversations by day, newest first and without end; only those in view are in the document. */
export function RecentList({ shelf, shows, scroller, empty }: RecentListProps) {
  const { t, i18n } = useTranslation();
  const dropped = useDropped();
  const list = useInfiniteQuery(conversationsQuery(shelf));
  const box = useRef<HTMLUListElement>(null);
  const [margin, setMargin] = useState(0);
  const held = (list.data?.pages ?? []).flatMap((page) => page.data).filter(shows);
  const rows = recentRows(held, new Date());
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => (rows[index]?.conversation ? 36 : 32),
    overscan: 2,
    scrollMargin: margin,
  });
  const shown = virtual.getVirtualItems();
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const nearEnd = (shown.at(-1)?.index ?? 0) >= rows.length - 10;

  // The network is what this is in step with: more is fetched when the end of what is there comes into view.
  useEffect(() => {
    if (nearEnd && hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [nearEnd, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  // Folders above open and close: rows are placed from where the list begins. Setting the same number renders nothing.
  useLayoutEffect(() => setMargin(box.current?.offsetTop ?? 0));

  const heading = (label: DayGroup["label"]): string =>
    typeof label === "string"
      ? t(`sidebar.${label}`)
      : new Intl.DateTimeFormat(localeOf(i18n.language), { month: "long", year: "numeric" }).format(label.month);

  if (list.isError && !list.data) {
    return (
      <ProblemNote
        error={asApiError(list.error)}
        className="mx-1"
        action={<Button onClick={() => void list.refetch()}>{t("app.retry")}</Button>}
      />
    );
  }
  if (list.isPending) return <Skeleton />;
  if (rows.length === 0 && !hasNextPage) return empty;
  return (
    <>
      <ul
        ref={box}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
        onDragOver={(event: DragEvent) => bearsConversations(event) && event.preventDefault()}
        onDrop={(event) => dropped(event, null)}
      >
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {row.conversation ? (
                <ConversationItem conversation={row.conversation} />
              ) : (
                <h2 className="px-3 pt-3 pb-1 font-medium text-faint text-xs">{heading(row.label)}</h2>
              )}
            </li>
          );
        })}
      </ul>
      {isFetchNextPageError ? (
        <div className="pb-2 text-center">
          <Button look="quiet" onClick={() => void fetchNextPage()}>
            {t("app.retry")}
          </Button>
        </div>
      ) : null}
    </>
  );
}
