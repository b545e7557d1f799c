import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { conversationQuery, patchConversation } from "#features/chat/turns/api.ts";
import { useModelChoice } from "#features/models/use-model-choice.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead, ModelRead } from "#shared/api/types.ts";
import { useToast } from "#shared/ui/toasts.tsx";

export type ModelSetting = ReturnType<typeof useModelSetting>;

/** The model of a conversation: picking another keeps it there, and as the choice for the next new chat. */
export function useModelSetting(conversationId: string | null) {
  const client = useQueryClient();
  const conversation = useQuery({ ...conversationQuery(conversationId ?? ""), enabled: conversationId !== null });
  const setting = useModelChoice(conversation.data?.model ?? null);
  const patch = useMutation({
    mutationFn: ({ id, model }: { id: string; model: string }) => patchConversation(id, { model }),
  });
  const { choice } = setting;
  return {
    models: setting.models,
    choice,
    isEmpty: setting.loaded && setting.models.length === 0,
    blind: choice.model && !choice.model.capabilities.images ? choice.model.name : null,
    pick: (model: ModelRead) => {
      setting.remember(model);
      if (conversationId === null) return;
      client.setQueryData<ConversationRead>(keys.conversation(conversationId), (known) =>
        known ? { ...known, model: model.id } : known,
      );
      patch.mutate({ id: conversationId, model: model.id });
    },
  };
}

/** Keeps a temporary conversation after all. */
export function useKeeping(conversationId: string | null): () => void {
  const client = useQueryClient();
  const toast = useToast();
  const { t } = useTranslation();
  const patch = useMutation({
    mutationFn: (id: string) => patchConversation(id, { temporary: false }),
    onSuccess: (kept) => {
      client.setQueryData(keys.conversation(kept.id), kept);
      void client.invalidateQueries({ queryKey: keys.conversations });
      toast(t("temporary.kept"));
    },
    onError: () => toast(t("temporary.keepFailed"), "bad"),
  });
  return () => {
    if (conversationId) patch.mutate(conversationId);
  };
}
