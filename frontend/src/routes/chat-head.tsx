import { GitBranch, HatGlasses } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BranchMap } from "#features/chat/map/branch-map.tsx";
import type { Chat } from "#features/chat/use-chat.ts";
import { cx } from "#shared/lib/cx.ts";
import { Drawer } from "#shared/ui/drawer.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { ChatHeader } from "./chat-header.tsx";
import { ChatMenu } from "./chat-menu.tsx";
import { ShareButton } from "./share-button.tsx";
import { TurnIntoPanel } from "./turn-into-panel.tsx";
import { useKeeping } from "./use-model-setting.ts";

type TemporarySwitchProps = { temporary: boolean; onChange: (temporary: boolean) => void };

/** Whether a new chat is kept for a short time only. */
function TemporarySwitch({ temporary, onChange }: TemporarySwitchProps) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      role="switch"
      aria-checked={temporary}
      onClick={() => onChange(!temporary)}
      className={cx(
        "flex h-9 items-center gap-2 rounded-xl px-3 text-sm transition-colors",
        temporary ? "bg-bronze-wash text-bronze" : "text-soft hover:bg-hover hover:text-ink",
      )}
    >
      <HatGlasses aria-hidden="true" className="size-[18px]" strokeWidth={1.9} />
      {t("temporary.switch")}
    </button>
  );
}

/** Says of a chat that it is kept for a short time only, and how to keep it after all. */
function TemporaryNote({ onKeep }: { onKeep: (() => void) | null }) {
  const { t } = useTranslation();
  return (
    <p className="mx-auto flex w-full max-w-[46rem] flex-wrap items-center justify-center gap-x-3 rounded-xl border border-bronze-line border-dashed bg-bronze-wash px-4 py-2 text-center text-bronze text-sm">
      {t("temporary.note")}
      {onKeep ? (
        <button type="button" onClick={onKeep} className="font-medium underline underline-offset-2">
          {t("temporary.keep")}
        </button>
      ) : null}
    </p>
  );
}

type MapButtonProps = { chat: Chat; onChoose: (messageId: string) => void };

/** The button of the branch map, and the map behind it. */
function MapButton({ chat, onChoose }: MapButtonProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton icon={GitBranch} label={t("map.open")} onClick={() => setOpen(true)} />
      <Drawer open={open} onOpenChange={setOpen} title={t("map.title")} lead={t("map.lead")}>
        <BranchMap
          conversationId={chat.key}
          endId={chat.rows.at(-1)?.message.id ?? null}
          onChoose={(id) => {
            onChoose(id);
            setOpen(false);
          }}
        />
      </Drawer>
    </>
  );
}

type ActionsProps = { chat: Chat; shared: boolean; onChoose: (messageId: string) => void };

/** What can be done with a conversation that is there; one that passes is shared with nobody. */
function Actions({ chat, shared, onChoose }: ActionsProps) {
  const speaks = chat.conversation?.state !== "retired";
  const end = chat.rows.at(-1)?.message.id ?? null;
  return (
    <>
      {speaks ? <MapButton chat={chat} onChoose={onChoose} /> : null}
      {shared && speaks ? <ShareButton conversationId={chat.key} messageId={chat.running ? null : end} /> : null}
      {chat.conversation ? (
        <ChatMenu conversation={chat.conversation} spoken={chat.rows.length > 0 && !chat.running} />
      ) : null}
    </>
  );
}

type ChatHeadProps = {
  chat: Chat;
  isNew: boolean;
  /** Whether a new chat is to be temporary. */
  temporary: boolean;
  onTemporary: (temporary: boolean) => void;
  onChoose: (messageId: string) => void;
};

/** The head of the chat: its title, what can be seen of it as a whole, and whether it is kept. */
export function ChatHead({ chat, isNew, temporary, onTemporary, onChoose }: ChatHeadProps) {
  const { t } = useTranslation();
  const { conversation } = chat;
  const keep = useKeeping(conversation?.id ?? null);
  const passing = conversation ? conversation.temporary : isNew && temporary;
  // Nothing while it is fetched: a wrong title would be read aloud.
  const title = conversation
    ? conversation.title || t(conversation.state === "retired" ? "sidebar.retired" : "sidebar.untitled")
    : null;
  return (
    <>
      <title>{title ? `${title} · ${t("app.name")}` : t("app.name")}</title>
      <ChatHeader title={title}>
        {isNew ? <TemporarySwitch temporary={temporary} onChange={onTemporary} /> : null}
        {conversation ? <Actions chat={chat} shared={!passing} onChoose={onChoose} /> : null}
        <TurnIntoPanel />
      </ChatHeader>
      {passing ? (
        <div className="px-4 pb-2">
          <TemporaryNote onKeep={conversation && !chat.running ? keep : null} />
        </div>
      ) : null}
    </>
  );
}
