import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { restoreDraft, useDraft, writeDraft } from "#features/chat/composer/drafts.ts";
import { MessageParts } from "#features/chat/messages/message-parts.tsx";
import { conversationQuery, messagesQuery } from "#features/chat/turns/api.ts";
import { followTurn } from "#features/chat/turns/follow.ts";
import { frameBatch } from "#features/chat/turns/frame-batch.ts";
import { ModelList } from "#features/models/model-list.tsx";
import { useModelChoice } from "#features/models/use-model-choice.ts";
import { PanelView } from "#features/panels/panel-view.tsx";
import type { FollowEvents } from "#features/panels/run/use-panel-run.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead, MessageRead, TurnEvent } from "#shared/api/types.ts";
import { useChatAddress } from "./chat-address.ts";
import { ChatHeader } from "./chat-header.tsx";

/** How often another tab or device is looked for that let the panel speak. */
const LOOK_MS = 3_000;

const follow: FollowEvents = async ({ turnId, first, signal, onEvents }) => {
  const batch = frameBatch<TurnEvent>(onEvents);
  try {
    await followTurn({ turnId, ...(first ? { first } : {}), signal, onEvent: batch.add, onLink: () => undefined });
  } finally {
    batch.flush();
  }
};

function render(message: MessageRead) {
  return <MessageParts parts={message.parts} growing={message.status === "streaming"} />;
}

/** A conversation in which several models speak. */
export function PanelPage({ conversation }: { conversation: ConversationRead }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { id } = conversation;
  const looked = useQuery({ ...conversationQuery(id), refetchInterval: LOOK_MS }).data ?? conversation;
  const history = useInfiniteQuery(messagesQuery(id));
  const { target } = useChatAddress();
  const draft = useDraft(id);
  const setting = useModelChoice(null);
  const pages = history.data?.pages;
  const messages = useMemo(() => pages?.toReversed().flatMap((page) => page.data) ?? [], [pages]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said elsewhere moves the clock of the conversation.
  useEffect(() => {
    void client.invalidateQueries({ queryKey: keys.messages(id) });
    void client.invalidateQueries({ queryKey: keys.panel(id) });
  }, [client, id, looked.updated_at]);

  const title = looked.title || t("sidebar.untitled");
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <ChatHeader title={title} />
      <PanelView
        key={id}
        conversation={looked}
        messages={messages}
        loading={history.isPending}
        older={{
          has: history.hasNextPage,
          loading: history.isFetchingNextPage,
          failed: history.isFetchNextPageError,
          load: () => void history.fetchNextPage(),
        }}
        target={target}
        follow={follow}
        draft={{
          text: draft.text,
          write: (text) => writeDraft(id, { text, images: [] }),
          restore: (text) => restoreDraft(id, { text, images: [] }),
        }}
        render={render}
        models={(selected, onPick) => (
          <ModelList models={setting.models} selected={selected} onPick={(model) => onPick(model.id)} />
        )}
        onSettings={() => void navigate({ to: "/c/$conversationId/panel", params: { conversationId: id } })}
      />
    </>
  );
}
