import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { changeLists, deleteConversation, renameConversation } from "./api.ts";

/** Renaming and deleting: the list changes at once, and goes back when the server refuses. */
export function useConversationChanges() {
  const client = useQueryClient();
  const { t } = useTranslation();
  const toast = useToast();

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

  const remove = useMutation({
    mutationFn: (id: string) => deleteConversation(id),
    onMutate: (id) => changeLists(client, (list) => list.filter((entry) => entry.id !== id)),
    onSuccess: (_answer, id) => {
      client.removeQueries({ queryKey: keys.conversation(id) });
      client.removeQueries({ queryKey: keys.messages(id) });
      toast(t("sidebar.deleted"));
    },
    onError: (_error, _id, undo) => {
      undo?.();
      toast(t("sidebar.deleteFailed"), "bad");
    },
  });

  return {
    rename: (id: string, title: string) => rename.mutate({ id, title }),
    remove: (id: string) => remove.mutate(id),
  };
}
