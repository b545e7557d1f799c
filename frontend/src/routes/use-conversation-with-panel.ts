import { useQuery } from "@tanstack/react-query";
import { conversationQuery } from "#features/chat/turns/api.ts";
import type { ConversationRead } from "#shared/api/types.ts";

/** The conversation of an address, where several models speak in it. */
export function useConversationWithPanel(conversationId: string | undefined): ConversationRead | null {
  const { data } = useQuery({ ...conversationQuery(conversationId ?? ""), enabled: conversationId !== undefined });
  return data?.has_panel && data.id === conversationId ? data : null;
}
