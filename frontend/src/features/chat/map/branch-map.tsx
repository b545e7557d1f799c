import { useInfiniteQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { treeQuery } from "#features/chat/turns/api.ts";
import { asApiError } from "#shared/api/errors.ts";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { pathTo, rowFor, type Stretch, stretchesOf } from "./stretches.ts";

const ROW = 56;
const STEP = 22;
const LEFT = 14;
/** Further forks are drawn below one another. */
const DEEPEST = 9;

function xOf({ depth }: Stretch): number {
  return LEFT + Math.min(depth, DEEPEST) * STEP;
}

function yOf(row: number): number {
  return row * ROW + ROW / 2;
}

/** The lines between stretches, those of the branch that is shown last, so that they lie above the others. */
function Lines({ stretches }: { stretches: readonly Stretch[] }) {
  const edges = stretches
    .flatMap((stretch, row) => {
      const parent = stretch.parent === null ? undefined : stretches[stretch.parent];
      if (!parent || stretch.parent === null) return [];
      const [fromX, fromY, toX, toY] = [xOf(parent), yOf(stretch.parent), xOf(stretch), yOf(row)];
      const bend = Math.min(12, toX - fromX || 12);
      const path =
        toX === fromX
          ? `M${fromX} ${fromY}V${toY}`
          : `M${fromX} ${fromY}V${toY - bend}Q${fromX} ${toY} ${fromX + bend} ${toY}H${toX}`;
      return [{ id: stretch.id, path, shown: stretch.shown }];
    })
    .sort((one, other) => Number(one.shown) - Number(other.shown));
  return (
    <svg
      aria-hidden="true"
      width={LEFT * 2 + DEEPEST * STEP}
      height={stretches.length * ROW}
      className="pointer-events-none absolute inset-y-0 start-0 rtl:-scale-x-100"
    >
      {edges.map(({ id, path, shown }) => (
        <path
          key={id}
          d={path}
          fill="none"
          strokeWidth={shown ? 2.5 : 1.5}
          className={shown ? "stroke-accent" : "stroke-control"}
        />
      ))}
      {stretches.map((stretch, row) => (
        <circle
          key={stretch.id}
          cx={xOf(stretch)}
          cy={yOf(row)}
          r={stretch.end ? 6 : 4.5}
          strokeWidth={2}
          className={cx(
            stretch.shown ? "stroke-accent" : "stroke-control",
            stretch.end ? "fill-accent" : stretch.shown ? "fill-accent-wash" : "fill-card",
          )}
        />
      ))}
    </svg>
  );
}

type BranchMapProps = {
  conversationId: string;
  /** The last message that is shown. */
  endId: string | null;
  onChoose: (messageId: string) => void;
};

/** The conversation as a drawn tree; each stretch without a fork is a row that leads there. */
export function BranchMap({ conversationId, endId, onChoose }: BranchMapProps) {
  const { t, i18n } = useTranslation();
  const tree = useInfiniteQuery(treeQuery(conversationId));
  const list = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const pages = tree.data?.pages;
  const stretches = useMemo(() => {
    const nodes = pages?.flatMap((page) => page.data) ?? [];
    return stretchesOf(nodes, pathTo(nodes, endId), endId);
  }, [pages, endId]);
  if (tree.error) {
    return (
      <ProblemNote
        error={asApiError(tree.error)}
        action={<Button onClick={() => void tree.refetch()}>{t("app.retry")}</Button>}
      />
    );
  }
  if (tree.isPending) {
    return (
      <div aria-busy="true" className="animate-late space-y-3 pt-2">
        <p className="sr-only">{t("app.loading")}</p>
        {["w-4/5", "w-3/5", "w-2/3"].map((width) => (
          <div key={width} className={`h-9 rounded-xl bg-hover ${width}`} />
        ))}
      </div>
    );
  }

  const current = focused ?? stretches.find(({ end }) => end)?.id ?? stretches[0]?.id;
  const time = new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" });
  const move = (row: number) => {
    const next = stretches[row];
    if (!next) return;
    setFocused(next.id);
    list.current?.querySelector<HTMLElement>(`[data-row="${row}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, row: number) => {
    const next = rowFor(event.key, stretches, row, i18n.dir());
    if (next === null) return;
    event.preventDefault();
    move(next);
  };
  return (
    <>
      {stretches.length < 2 ? <p className="mb-3 text-sm text-soft">{t("map.none")}</p> : null}
      <div ref={list} role="tree" aria-label={t("map.title")} className="relative">
        <Lines stretches={stretches} />
        {stretches.map((stretch, row) => (
          <div
            key={stretch.id}
            role="treeitem"
            aria-level={stretch.depth + 1}
            aria-selected={stretch.end}
            aria-current={stretch.shown ? "true" : undefined}
            data-row={row}
            tabIndex={stretch.id === current ? 0 : -1}
            onClick={() => onChoose(stretch.last.id)}
            onFocus={() => setFocused(stretch.id)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return onKeyDown(event, row);
              event.preventDefault();
              onChoose(stretch.last.id);
            }}
            style={{ height: ROW, paddingInlineStart: xOf(stretch) + 16 }}
            className="flex cursor-pointer flex-col justify-center rounded-xl pe-3 hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span className={cx("truncate text-sm", stretch.shown ? "font-medium text-ink" : "text-soft")}>
              {stretch.first.excerpt || t("map.wordless")}
            </span>
            <span className="truncate text-faint text-xs">
              {stretch.end ? `${t("map.here")} · ` : ""}
              {stretch.first.role === "user" ? t("map.you") : (stretch.first.model ?? t("chat.assistant"))}
              {" · "}
              {t("map.messages", { count: stretch.count })}
              {" · "}
              {time.format(new Date(stretch.last.created_at))}
            </span>
          </div>
        ))}
      </div>
      {tree.hasNextPage ? (
        <Button className="mt-3" disabled={tree.isFetchingNextPage} onClick={() => void tree.fetchNextPage()}>
          {t("map.older")}
        </Button>
      ) : null}
    </>
  );
}
