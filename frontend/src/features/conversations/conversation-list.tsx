import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { useInView } from "#shared/ui/use-in-view.ts";
import { conversationsQuery } from "./api.ts";
import { byDay, type DayGroup, groupKey } from "./by-day.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { useConversationChanges } from "./use-conversation-changes.ts";

type ConversationListProps = {
  q: string;
  activeId: string | null;
  onOpen: () => void;
  /** The conversation on screen was deleted. */
  onGone: () => void;
};

export function ConversationList({ q, activeId, onOpen, onGone }: ConversationListProps) {
  const { t, i18n } = useTranslation();
  const list = useInfiniteQuery(conversationsQuery(q));
  const { rename, remove } = useConversationChanges();
  const [doomed, setDoomed] = useState<ConversationRead | null>(null);
  const end = useInView(() => list.hasNextPage && !list.isFetching && void list.fetchNextPage());
  const groups = byDay(list.data?.pages.flatMap((page) => page.data) ?? [], new Date());

  const heading = (label: DayGroup["label"]): string =>
    typeof label === "string"
      ? t(`sidebar.${label}`)
      : new Intl.DateTimeFormat(i18n.language, { month: "long", year: "numeric" }).format(label.month);

  if (list.isError && !list.data) {
    return <ProblemNote error={asApiError(list.error)} className="mx-1" />;
  }
  if (list.isSuccess && groups.length === 0) {
    return (
      <p className="px-3 py-2 text-sm text-soft">
        {q ? t("sidebar.noMatch", { q }) : `${t("sidebar.empty")} ${t("sidebar.emptyHint")}`}
      </p>
    );
  }
  return (
    <>
      {groups.map(({ label, conversations }) => (
        <section key={groupKey(label)} aria-label={heading(label)} className="mb-4">
          <h2 className="px-3 pb-1 font-medium text-faint text-xs">{heading(label)}</h2>
          <ul>
            {conversations.map((conversation) => (
              <ConversationItem
                key={conversation.id}
                conversation={conversation}
                active={conversation.id === activeId}
                onOpen={onOpen}
                onRename={rename}
                onDelete={setDoomed}
              />
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage ? (
        <div ref={end} className="pb-2 text-center">
          <Button look="quiet" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {list.isFetchingNextPage ? t("sidebar.loadingMore") : t("sidebar.more")}
          </Button>
        </div>
      ) : null}
      <Confirm
        open={doomed !== null}
        onOpenChange={(open) => !open && setDoomed(null)}
        title={t("sidebar.deleteTitle")}
        text={t("sidebar.deleteText", { title: doomed?.title || t("sidebar.untitled") })}
        action={t("sidebar.delete")}
        onConfirm={() => {
          if (!doomed) return;
          remove(doomed.id);
          if (doomed.id === activeId) onGone();
        }}
      />
    </>
  );
}
