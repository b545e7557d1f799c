import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Hourglass, ListTree, SlidersHorizontal, Sparkles } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { changeMessage } from "#features/chat/turns/message-cache.ts";
import { changeLists, renameConversation } from "#features/conversations/api.ts";
import { StateChip } from "#features/lifecycle/state-chip.tsx";
import { makeRecap, makeTitle } from "#features/steps/api.ts";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { Drawer } from "#shared/ui/drawer.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLine } from "#shared/ui/menu.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";

const LifeReport = lazy(async () => ({ default: (await import("#features/lifecycle/life-report.tsx")).LifeReport }));
const StepsDialog = lazy(async () => ({ default: (await import("#features/steps/steps-dialog.tsx")).StepsDialog }));

/** Steps that are taken because somebody wants them: another title, and a recap. */
function useSteps(conversation: ConversationRead) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const explained = useExplained();
  const onError = (thrown: unknown) => {
    const { text, hint } = explained(asApiError(thrown));
    toast(`${text} ${hint}`, "bad");
  };
  const show = (titled: ConversationRead) => {
    client.setQueryData(keys.conversation(titled.id), titled);
    changeLists(client, (list) => list.map((one) => (one.id === titled.id ? { ...one, title: titled.title } : one)));
  };
  const back = useMutation({
    mutationFn: (title: string) => renameConversation(conversation.id, title),
    onSuccess: show,
    onError,
  });
  const title = useMutation({
    mutationFn: () => makeTitle(conversation.id),
    onSuccess: (titled) => {
      show(titled);
      const before = conversation.title;
      if (titled.title === before) toast(t("steps.titleSame"));
      else {
        const undo = { label: t("shelf.undo"), onAct: () => back.mutate(before) };
        toast(t("steps.titled", { title: titled.title }), "calm", ...(before ? [undo] : []));
      }
    },
    onError,
  });
  const recap = useMutation({
    mutationFn: () => makeRecap(conversation.id),
    onMutate: () => toast(t("recap.making")),
    onSuccess: ({ message_id: id, ...made }) => {
      changeMessage(client, { conversation_id: conversation.id, id }, { recap: made });
      toast(t("recap.made"));
    },
    onError,
  });
  return { title, recap };
}

/** `spoken`: whether there are words in it, and none are being written. */
type ChatMenuProps = { conversation: ConversationRead; spoken: boolean };

/** What is done seldom with the conversation that is open, and where it stands in its life. */
export function ChatMenu({ conversation, spoken }: ChatMenuProps) {
  const { t } = useTranslation();
  const { title, recap } = useSteps(conversation);
  const [opened, setOpened] = useState<"life" | "steps" | null>(null);
  const speaks = conversation.state !== "retired";
  const [wanted, setWanted] = useState(false);
  const closing = (open: boolean) => !open && setOpened(null);
  return (
    <>
      <StateChip state={conversation.state} onOpen={() => setOpened("life")} />
      <Menu align="end" trigger={<IconButton icon={Ellipsis} label={t("chatMenu.open")} />}>
        {speaks && spoken && !conversation.temporary ? (
          <MenuItem icon={Sparkles} label={t("chatMenu.title")} onSelect={() => title.mutate()} />
        ) : null}
        {speaks && spoken ? (
          <>
            <MenuItem icon={ListTree} label={t("chatMenu.recap")} onSelect={() => recap.mutate()} />
            <MenuLine />
          </>
        ) : null}
        {speaks ? (
          <MenuItem
            icon={SlidersHorizontal}
            label={t("chatMenu.steps")}
            onSelect={() => {
              setWanted(true);
              setOpened("steps");
            }}
          />
        ) : null}
        <MenuItem icon={Hourglass} label={t("chatMenu.life")} onSelect={() => setOpened("life")} />
      </Menu>
      <Suspense>
        {wanted ? <StepsDialog conversation={conversation} open={opened === "steps"} onOpenChange={closing} /> : null}
      </Suspense>
      <Drawer open={opened === "life"} onOpenChange={closing} title={t("life.title")} lead={t("life.lead")}>
        <Suspense>
          <LifeReport conversationId={conversation.id} />
        </Suspense>
      </Drawer>
    </>
  );
}
