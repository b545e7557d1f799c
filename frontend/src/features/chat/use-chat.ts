import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import type { ConversationWrite } from "#shared/api/types.ts";
import { type Draft, readDraft, restoreDraft, writeDraft } from "./composer/drafts.ts";
import { rowsOf } from "./messages/rows.ts";
import { conversationQuery, messagesQuery } from "./turns/api.ts";
import { NEW_CHAT } from "./turns/live-turns.ts";
import type { PlacedMessage } from "./turns/placed-message.ts";
import { useFollowed, useLiveTurns, useResume, useSendFailure, useTurns } from "./turns/turns-context.ts";

const NONE: readonly PlacedMessage[] = [];
const NOBODY: readonly string[] = [];

type ChatOptions = {
  conversationId: string | null;
  /** A message of the branch to show; without one, the branch that the server shows. */
  leaf: string | null;
  model: string | null;
  /** The models that are asked side by side, instead of the one. */
  compared: readonly string[] | null;
  /** Of a new conversation. */
  settings: ConversationWrite;
  onOpened: (conversationId: string) => Promise<void>;
  /** Called when several models were asked something. */
  onCompared: (questionId: string) => void;
  onStopFailed: () => void;
};

export type Chat = ReturnType<typeof useChat>;

/** Why there is nothing to be shown; what is shown already stays, unless it is gone and nobody is writing there. */
function brokenBy(thrown: unknown, key: string, shown: number): ApiError | null {
  if (!thrown) return null;
  const error = asApiError(thrown);
  const gone = error.code === "conversation_not_found" && readDraft(key).text === "";
  return shown === 0 || gone || error.code === "message_not_found" ? error : null;
}

/** Orchestrates one conversation, or the new one that is not made yet. */
export function useChat(options: ChatOptions) {
  const { conversationId, leaf, model, compared, settings, onOpened, onCompared, onStopFailed } = options;
  const key = conversationId ?? NEW_CHAT;
  const { store, runner } = useTurns();
  const lives = useLiveTurns(key);
  const failure = useSendFailure(key);
  const conversation = useQuery({ ...conversationQuery(key), enabled: conversationId !== null });
  const history = useInfiniteQuery({ ...messagesQuery(key, leaf), enabled: conversationId !== null });
  useResume(conversationId, conversation.data?.active_turn_ids ?? NOBODY);
  const running = lives.length > 0;
  useEffect(() => runner.leadBy(onOpened));
  const followed = useFollowed(key, running);

  const pages = history.data?.pages;
  const messages = useMemo(() => (pages ? pages.toReversed().flatMap((page) => page.data) : NONE), [pages]);
  const rows = useMemo(() => rowsOf(messages, lives), [messages, lives]);

  // Answered is what is shown, though another tab may have chosen another branch since.
  const parentId = pages ? (messages.at(-1)?.id ?? null) : undefined;
  const send = (draft: Draft) =>
    void runner.send({
      conversationId,
      settings,
      draft,
      model,
      ...(compared ? { models: compared, onKept: (started) => onCompared(started.user_message_id) } : {}),
      ...(parentId === undefined ? {} : { parentId }),
      onOpened,
    });
  return {
    key,
    rows,
    live: lives[0],
    running,
    followed,
    conversation: conversation.data,
    loading: conversationId !== null && history.isPending && !running,
    broken: brokenBy(conversation.error ?? history.error, key, rows.length),
    failure: failure ?? null,
    older: {
      has: history.hasNextPage,
      loading: history.isFetchingNextPage,
      failed: history.isFetchNextPageError,
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
    suggest: (text: string) => restoreDraft(key, { text, images: [] }),
  };
}
