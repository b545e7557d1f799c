import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationsArrange } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";
import { arrangeConversations, changeLists, deleteConversation, renameConversation } from "./api.ts";
import { arranged, type Change, callsOf, undoing } from "./arranging.ts";

async function inTurn(calls: readonly ConversationsArrange[]): Promise<void> {
  for (const call of calls) await arrangeConversations(call);
}

/** Renaming, putting elsewhere and deleting: lists change at once, and go back when the server refuses. */
export function useConversationChanges() {
  const client = useQueryClient();
  const { t } = useTranslation();
  const toast = useToast();
  const explained = useExplained();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.conversations });
    void client.invalidateQueries({ queryKey: keys.tags });
  };

  const rename = useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) => renameConversation(id, title),
    onMutate: ({ id, title }) => {
      client.setQueryData<ConversationRead>(keys.conversation(id), (known) => (known ? { ...known, title } : known));
      return changeLists(client, (list) => list.map((entry) => (entry.id === id ? { ...entry, title } : entry)));
    },
    onError: (_error, { id }, undo) => {
      undo?.();
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      toast(t("sidebar.renameFailed"), "bad");
    },
  });

  const undo = useMutation({
    mutationFn: inTurn,
    onError: () => toast(t("shelf.changeFailed"), "bad"),
    onSettled: refresh,
  });

  const arrange = useMutation({
    mutationFn: ({ those, change }: { those: readonly ConversationRead[]; change: Change; said: string }) =>
      inTurn(callsOf(those, change)),
    onMutate: ({ those, change }) => {
      const ids = new Set(those.map((one) => one.id));
      for (const id of ids) {
        client.setQueryData<ConversationRead>(keys.conversation(id), (known) => known && arranged(known, change));
      }
      return changeLists(client, (list) => list.map((entry) => (ids.has(entry.id) ? arranged(entry, change) : entry)));
    },
    onSuccess: (_answer, { those, change, said }) =>
      toast(said, "calm", { label: t("shelf.undo"), onAct: () => undo.mutate(undoing(those, change)) }),
    onError: (_error, _asked, back) => {
      back?.();
      toast(t("shelf.changeFailed"), "bad");
    },
    onSettled: refresh,
  });

  const remove = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await deleteConversation(id);
    },
    onMutate: (ids) => changeLists(client, (list) => list.filter((entry) => !ids.includes(entry.id))),
    onSuccess: (_answer, ids) => {
      for (const id of ids) {
        client.removeQueries({ queryKey: keys.conversation(id) });
        client.removeQueries({ queryKey: keys.messages(id) });
      }
      toast(ids.length === 1 ? t("sidebar.deleted") : t("shelf.deletedMany", { count: ids.length }));
      void client.invalidateQueries({ queryKey: keys.tags });
    },
    onError: (thrown, _ids, back) => {
      back?.();
      // Some may be gone, where there were several.
      refresh();
      const error = asApiError(thrown);
      const { text, hint } = explained(error);
      toast(error.code === "conversation_held" ? `${text} ${hint}` : t("sidebar.deleteFailed"), "bad");
    },
  });

  return {
    rename: (id: string, title: string) => rename.mutate({ id, title }),
    arrange: (those: readonly ConversationRead[], change: Change, said: string) =>
      arrange.mutate({ those, change, said }),
    remove: (ids: readonly string[]) => remove.mutate(ids),
  };
}
