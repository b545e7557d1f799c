import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { json, request } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead, ConversationWrite, MessagePage, MessageWrite, TurnRead } from "#shared/api/types.ts";

const PAGE = 60;

export function getConversation(id: string): Promise<ConversationRead> {
  return json(`/conversations/${id}`);
}

export function conversationQuery(id: string) {
  return queryOptions({ queryKey: keys.conversation(id), queryFn: () => getConversation(id) });
}

/** Pages backwards from the latest message; each page is oldest first. */
export function messagesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam, signal }): Promise<MessagePage> =>
      json(`/conversations/${id}/messages`, { query: { limit: PAGE, before: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.has_more ? page.data[0]?.id : undefined),
  });
}

export function createConversation(body: ConversationWrite): Promise<ConversationRead> {
  return json("/conversations", { method: "POST", body });
}

export function patchConversation(id: string, body: ConversationWrite): Promise<ConversationRead> {
  return json(`/conversations/${id}`, { method: "PATCH", body });
}

export function deleteConversation(id: string): Promise<Response> {
  return request(`/conversations/${id}`, { method: "DELETE" });
}

/** Sends a message; the body of the answer is the stream of the turn. */
export function sendMessage(id: string, body: MessageWrite, signal: AbortSignal): Promise<Response> {
  return request(`/conversations/${id}/messages`, {
    method: "POST",
    body,
    signal,
    headers: { accept: "text/event-stream" },
  });
}

export function stopTurn(turnId: string): Promise<TurnRead> {
  return json(`/turns/${turnId}/stop`, { method: "POST" });
}
