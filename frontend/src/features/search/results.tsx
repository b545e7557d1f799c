import { useInfiniteQuery } from "@tanstack/react-query";
import type { KeyboardEvent, RefObject } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { localeOf } from "#shared/i18n/i18n.ts";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { useInView } from "#shared/ui/use-in-view.ts";
import { searchQuery } from "./api.ts";
import { type Asked, isNarrowed } from "./asked.ts";
import { byConversation } from "./found.ts";
import { HitGroup } from "./hit-group.tsx";
import { SearchHelp } from "./search-help.tsx";

type ResultsProps = { asked: Asked; list: RefObject<HTMLDivElement | null>; onUp: () => void };

/** The links of hits, one after the other: the arrows go through them. */
function onArrow(event: KeyboardEvent<HTMLDivElement>, onUp: () => void): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const hits = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-hit]")];
  const at = hits.findIndex((hit) => hit.contains(document.activeElement));
  if (!step || at < 0) return;
  event.preventDefault();
  if (at + step < 0) onUp();
  else hits[at + step]?.focus();
}

function Nothing({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  return (
    <div className="py-8 text-center">
      <p className="font-display text-xl">{t("search.nothing", { q: asked.q })}</p>
      <p className="mt-1 text-soft text-sm">
        {isNarrowed(asked) ? t("search.nothingNarrowed") : t("search.nothingHint")}
      </p>
    </div>
  );
}

/** What was found, by conversation, the best first. */
export function Results(props: ResultsProps) {
  return props.asked.q?.trim() ? <Found {...props} /> : <SearchHelp />;
}

function Found({ asked, list, onUp }: ResultsProps) {
  const { t, i18n } = useTranslation();
  const found = useInfiniteQuery(searchQuery(asked));
  const { data, hasNextPage, isFetching, isPlaceholderData, fetchNextPage } = found;
  const end = useInView(() => hasNextPage && !isFetching && void fetchNextPage());
  if (found.isError && !data) {
    const retry = <Button onClick={() => void found.refetch()}>{t("app.retry")}</Button>;
    return <ProblemNote error={asApiError(found.error)} action={retry} />;
  }
  if (!data) {
    return (
      <p role="status" className="animate-late py-4 text-soft text-sm">
        {t("search.searching")}
      </p>
    );
  }
  const groups = byConversation(data.pages.flatMap((page) => page.data));
  const pending = data.pages.at(-1)?.pending ?? 0;
  const number = new Intl.NumberFormat(localeOf(i18n.language));
  const hits = groups.reduce((sum, group) => sum + group.hits.length + (group.titleHit ? 1 : 0), 0);
  const said = hasNextPage
    ? t("search.atLeast", { number: number.format(hits) })
    : t("search.count", { count: hits, number: number.format(hits) });
  return (
    <div className={cx("transition-opacity", isPlaceholderData && "opacity-60")}>
      <p role="status" className="px-3 py-2 text-faint text-xs">
        {groups.length ? said : ""}
      </p>
      {groups.length ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: the arrows go from link to link, which have keys of their own.
        <div ref={list} onKeyDown={(event) => onArrow(event, onUp)}>
          {groups.map((group) => (
            <HitGroup key={group.id} found={group} />
          ))}
        </div>
      ) : isPlaceholderData ? null : (
        <Nothing asked={asked} />
      )}
      {hasNextPage ? (
        <div ref={end} className="py-3 text-center">
          <Button look="quiet" disabled={isFetching} onClick={() => void fetchNextPage()}>
            {isFetching ? t("search.searching") : t("search.more")}
          </Button>
        </div>
      ) : null}
      {pending ? (
        <p className="px-3 py-3 text-soft text-sm">
          {t("search.pending", { count: pending, number: number.format(pending) })}
        </p>
      ) : null}
    </div>
  );
}
