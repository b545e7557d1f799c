import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { asApiError } from "#shared/api/errors.ts";
import type { MessageRead } from "#shared/api/types.ts";
import { type Draft, readDraft, restoreDraft, writeDraft } from "./composer/drafts.ts";
import { rowsOf } from "./messages/rows.ts";
import { conversationQuery, messagesQuery } from "./turns/api.ts";
import { NEW_CHAT } from "./turns/live-turns.ts";
import { textOf } from "./turns/turn.ts";
import { useFollowed, useLiveTurn, useResume, useSendFailure, useTurns } from "./turns/turns-context.ts";

const NONE: readonly MessageRead[] = [];

type ChatOptions = {
  conversationId: string | null;
  model: string | null;
  onOpened: (conversationId: string) => Promise<void>;
  onStopFailed: () => void;
};

export type Chat = ReturnType<typeof useChat>;

/** Orchestrates one conversation, or the new one that is not made yet. */
export function useChat({ conversationId, model, onOpened, onStopFailed }: ChatOptions) {
  const key = conversationId ?? NEW_CHAT;
  const { store, runner } = useTurns();
  const live = useLiveTurn(key);
  const failure = useSendFailure(key);
  const conversation = useQuery({ ...conversationQuery(key), enabled: conversationId !== null });
  const history = useInfiniteQuery({ ...messagesQuery(key), enabled: conversationId !== null });
  useResume(conversationId, conversation.data?.active_turn_id ?? null);
  const running = live !== undefined;
  const followed = useFollowed(key, running);

  const pages = history.data?.pages;
  const messages = useMemo(() => (pages ? pages.toReversed().flatMap((page) => page.data) : NONE), [pages]);
  const rows = useMemo(() => rowsOf(messages, live), [messages, live]);

  const send = (draft: Draft) => void runner.send({ conversationId, draft, model, onOpened });
  return {
    key,
    rows,
    live,
    running,
    followed,
    conversation: conversation.data,
    loading: conversationId !== null && history.isPending && !running,
    broken: (conversation.error ?? history.error) ? asApiError(conversation.error ?? history.error) : null,
    failure: failure ?? null,
    older: {
      has: history.hasNextPage,
      loading: history.isFetchingNextPage,
      load: () => void history.fetchNextPage(),
    },
    send,
    stop: () => void runner.stop(key).catch(onStopFailed),
    reload: () => {
      void conversation.refetch();
      void history.refetch();
    },
    retry: () => {
      const draft = readDraft(key);
      store.forgive(key);
      writeDraft(key, { text: "", images: [] });
      send(draft);
    },
    sendAgain: (answer: MessageRead) => {
      const question = messages.find((message) => message.id === answer.parent_id && message.role === "user");
      if (!question) return;
      const images = question.parts.flatMap((part) => (part.type === "image" ? [part.url] : []));
      send({ text: textOf(question), images: images.filter((url) => url.startsWith("data:")) });
    },
    suggest: (text: string) => restoreDraft(key, { text, images: [] }),
  };
}
