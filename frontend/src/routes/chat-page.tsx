import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { MessageActionsContext } from "#features/chat/messages/message-actions.ts";
import { MessageList } from "#features/chat/messages/message-list.tsx";
import { ShownMemoriesContext } from "#features/chat/messages/remembered.tsx";
import { TurnStatus } from "#features/chat/messages/turn-status.tsx";
import { useBranching } from "#features/chat/use-branching.ts";
import { useChat } from "#features/chat/use-chat.ts";
import { useStopKey } from "#features/chat/use-stop-key.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { loadWords } from "#shared/i18n/i18n.ts";
import { hasTouchOnly } from "#shared/lib/platform.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";
import { useChatAddress } from "./chat-address.ts";
import { ChatFoot } from "./chat-foot.tsx";
import { ChatHead } from "./chat-head.tsx";
import { ChatQuestions } from "./chat-questions.tsx";
import { ConversationProblem } from "./conversation-problem.tsx";
import { PersonaWelcome } from "./persona-welcome.tsx";
import { useModelSetting } from "./use-model-setting.ts";
import { Welcome } from "./welcome.tsx";

const RetiredNote = lazy(async () => ({ default: (await import("#features/lifecycle/retired-note.tsx")).RetiredNote }));
const ShownMemories = lazy(async () => {
  const [shown] = await Promise.all([import("#features/memory/shown-memories.tsx"), loadWords("memory")]);
  return { default: shown.ShownMemories };
});

/** The chat, new or old: one page for both addresses, so that a first message changes nothing but the address. */
export function ChatPage({ session }: { session: SessionRead }) {
  const { t } = useTranslation();
  const toast = useToast();
  const explained = useExplained();
  const address = useChatAddress();
  const { conversationId } = address;
  const field = useRef<HTMLTextAreaElement>(null);
  const model = useModelSetting(conversationId);
  const [compared, setCompared] = useState<readonly string[] | null>(null);
  const [temporary, setTemporary] = useState(false);
  const asked = useRef<string | null>(null);
  const chat = useChat({
    conversationId,
    leaf: address.leaf,
    model: model.choice.id,
    compared,
    settings: temporary ? { temporary } : {},
    onOpened: async (id) => {
      // Whoever has gone elsewhere meanwhile stays there.
      if (window.location.pathname !== "/") return;
      await address.open(id, asked.current ? { compare: asked.current } : {});
      setTemporary(false);
    },
    onCompared: (questionId) => {
      asked.current = questionId;
      address.showSideBySide(questionId);
    },
    onStopFailed: () => toast(t("chat.stopFailed"), "bad"),
  });
  const branching = useBranching({
    conversationId,
    model: model.choice.id,
    running: chat.running,
    onBranch: address.showBranch,
    onSideBySide: address.showSideBySide,
    onTaken: (id) => {
      setCompared(null);
      const taken = model.models.find((one) => one.id === id);
      if (taken) model.pick(taken);
    },
    onForked: (id) => {
      toast(t("tree.forked"));
      void address.open(id);
    },
    onSay: (text) => chat.send({ text, images: [] }),
    onCut: () => toast(t("tree.cutDone")),
    onRefused: (error) => toast(explained(error).text, "bad"),
  });
  useStopKey(chat.running, chat.stop);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever opens another conversation wants to write in it.
  useEffect(() => {
    if (!hasTouchOnly()) field.current?.focus();
  }, [chat.key]);

  if (chat.broken)
    return <ConversationProblem error={chat.broken} conversationId={conversationId} onRetry={chat.reload} />;

  const isNew = conversationId === null && chat.rows.length === 0;
  const persona = chat.rows.length === 0 && !chat.loading ? chat.conversation?.persona : null;
  const retired = chat.conversation?.state === "retired" ? chat.conversation : null;
  const suggest = (text: string) => {
    chat.suggest(text);
    field.current?.focus();
  };
  return (
    <MessageActionsContext value={branching.actions}>
      <ChatHead
        chat={chat}
        isNew={isNew}
        temporary={temporary}
        onTemporary={setTemporary}
        onChoose={branching.actions.choose}
      />
      {isNew ? (
        <Welcome session={session} demonstration={model.choice.model?.demonstration ?? false} onPick={suggest} />
      ) : retired ? (
        <Suspense>
          <RetiredNote conversation={retired} />
        </Suspense>
      ) : persona ? (
        <PersonaWelcome persona={persona} onPick={suggest} />
      ) : (
        <ShownMemoriesContext value={ShownMemories}>
          <MessageList
            key={chat.key}
            rows={chat.rows}
            loading={chat.loading}
            older={chat.older}
            sideBySide={address.compare}
            target={address.target}
          />
        </ShownMemoriesContext>
      )}
      {retired ? null : (
        <ChatFoot
          chat={chat}
          model={model}
          permissions={session.permissions}
          field={field}
          isNew={isNew}
          compared={compared}
          onCompare={setCompared}
        />
      )}
      <TurnStatus running={chat.running} last={chat.rows.at(-1)?.message} followed={chat.followed} />
      <ChatQuestions branching={branching} model={model} />
    </MessageActionsContext>
  );
}
