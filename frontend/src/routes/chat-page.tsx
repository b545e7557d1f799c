import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { MessageList } from "#features/chat/messages/message-list.tsx";
import { TurnStatus } from "#features/chat/messages/turn-status.tsx";
import { useChat } from "#features/chat/use-chat.ts";
import { useStopKey } from "#features/chat/use-stop-key.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { hasTouchOnly } from "#shared/lib/platform.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { ChatFoot } from "./chat-foot.tsx";
import { ChatHeader } from "./chat-header.tsx";
import { ConversationProblem } from "./conversation-problem.tsx";
import { useModelSetting } from "./use-model-setting.ts";
import { Welcome } from "./welcome.tsx";

/** The chat, new or old: one page for both addresses, so that a first message changes nothing but the address. */
export function ChatPage({ session }: { session: SessionRead }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toast = useToast();
  const conversationId = useParams({ strict: false }).conversationId ?? null;
  const field = useRef<HTMLTextAreaElement>(null);
  const model = useModelSetting(conversationId);
  const chat = useChat({
    conversationId,
    model: model.choice.id,
    onOpened: async (id) => {
      // Whoever has gone elsewhere meanwhile stays there.
      if (window.location.pathname !== "/") return;
      await navigate({ to: "/c/$conversationId", params: { conversationId: id } });
    },
    onStopFailed: () => toast(t("chat.stopFailed"), "bad"),
  });
  useStopKey(chat.running, chat.stop);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever opens another conversation wants to write in it.
  useEffect(() => {
    if (!hasTouchOnly()) field.current?.focus();
  }, [chat.key]);

  if (chat.broken && chat.rows.length === 0) return <ConversationProblem error={chat.broken} onRetry={chat.reload} />;

  const isNew = conversationId === null && chat.rows.length === 0;
  // Nothing while it is fetched: a wrong title would be read aloud.
  const title = chat.conversation ? chat.conversation.title || t("sidebar.untitled") : null;
  return (
    <>
      <title>{title ? `${title} · ${t("app.name")}` : t("app.name")}</title>
      <ChatHeader title={title} />
      {isNew ? (
        <Welcome
          session={session}
          demonstration={model.choice.model?.demonstration ?? false}
          onPick={(text) => {
            chat.suggest(text);
            field.current?.focus();
          }}
        />
      ) : (
        <MessageList
          key={chat.key}
          rows={chat.rows}
          loading={chat.loading}
          older={chat.older}
          onSendAgain={chat.running ? null : (row) => chat.sendAgain(row.message)}
        />
      )}
      <ChatFoot chat={chat} model={model} field={field} isNew={isNew} />
      <TurnStatus running={chat.running} last={chat.rows.at(-1)?.message} followed={chat.followed} />
    </>
  );
}
