import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { json, request } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { AnswerAgain, ComparisonRead, ContextRead, TreeRead } from "#shared/api/schema.d.ts";
import type { ConversationRead, ConversationWrite, MessagePage, MessageWrite, TurnRead } from "#shared/api/types.ts";
import type { PlacedMessage } from "./placed-message.ts";

const PAGE = 60;

export function getConversation(id: string): Promise<ConversationRead> {
  return json(`/conversations/${id}`);
}

export function conversationQuery(id: string) {
  return queryOptions({ queryKey: keys.conversation(id), queryFn: () => getConversation(id) });
}

/**
 * Pages backwards from the latest message; each page is oldest first.
 *
 * `leaf` is a message of the branch to read; without one it is the branch that the server shows.
 */
export function messagesQuery(id: string, leaf: string | null = null) {
  return infiniteQueryOptions({
    queryKey: [...keys.messages(id), leaf] as const,
    queryFn: ({ pageParam, signal }): Promise<MessagePage> =>
      json(`/conversations/${id}/messages`, {
        query: { limit: PAGE, before: pageParam, branch: leaf ?? undefined },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.has_more ? page.data[0]?.id : undefined),
    // Another branch of the same conversation is shown until this one is there, so that nothing flickers.
    placeholderData: (known, query) => (query?.queryKey[1] === id ? known : undefined),
  });
}

/** One message, on whatever branch it stands. */
export function messageQuery(conversationId: string, id: string) {
  return queryOptions({
    queryKey: [...keys.messages(conversationId), "one", id] as const,
    queryFn: ({ signal }): Promise<PlacedMessage> =>
      json(`/conversations/${conversationId}/messages/${id}`, { signal }),
  });
}

/** Makes a conversation; once, however often it is asked for under the same name. */
export function createConversation(body: ConversationWrite, named?: string): Promise<ConversationRead> {
  return json("/conversations", { method: "POST", body, ...(named ? { headers: { "idempotency-key": named } } : {}) });
}

export function patchConversation(id: string, body: ConversationWrite): Promise<ConversationRead> {
  return json(`/conversations/${id}`, { method: "PATCH", body });
}

export function deleteConversation(id: string): Promise<Response> {
  return request(`/conversations/${id}`, { method: "DELETE" });
}

const STREAM = { accept: "text/event-stream" };

/** Sends a message; the body of the answer is the stream of the turn. */
export function sendMessage(id: string, body: MessageWrite, signal: AbortSignal): Promise<Response> {
  return request(`/conversations/${id}/messages`, { method: "POST", body, signal, headers: STREAM });
}

export type Way = "regenerate" | "continue";

/** Has a question answered once more, or a cut answer ended; the body is the stream of the turn. */
export function askAgain(
  { id, messageId, way }: { id: string; messageId: string; way: Way },
  model: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const body: AnswerAgain = { stream: true, ...(model ? { model } : {}) };
  return request(`/conversations/${id}/messages/${messageId}/${way}`, {
    method: "POST",
    body,
    signal,
    headers: STREAM,
  });
}

export type Compared = { models: readonly string[] } & ({ messageId: string } | { said: Omit<MessageWrite, "stream"> });

/** Asks several models at once; each answers in a turn of its own. */
export async function compareModels(id: string, asked: Compared): Promise<TurnRead[]> {
  const { models } = asked;
  const place = "messageId" in asked ? `/messages/${asked.messageId}` : "";
  const body = "said" in asked ? { ...asked.said, models } : { models };
  return (await json<ComparisonRead>(`/conversations/${id}${place}/compare`, { method: "POST", body })).turns;
}

/** Has a branch shown, here and wherever no other one was chosen. */
export function chooseBranch(id: string, messageId: string): Promise<ConversationRead> {
  return json(`/conversations/${id}/branch`, { method: "PUT", body: { message_id: messageId } });
}

/** Deletes a message and all that follows it, on every branch. */
export async function cutBranch(id: string, messageId: string): Promise<void> {
  await request(`/conversations/${id}/messages/${messageId}`, { method: "DELETE" });
}

/** Says whether an answer was good, and why; null takes it back. */
export async function judgeAnswer(
  { conversation_id, id }: PlacedMessage,
  feedback: PlacedMessage["feedback"],
): Promise<void> {
  const path = `/conversations/${conversation_id}/messages/${id}/feedback`;
  await request(path, feedback ? { method: "PUT", body: feedback } : { method: "DELETE" });
}

/** Begins a conversation with copies of everything up to a message. */
export function forkAt(id: string, messageId: string): Promise<ConversationRead> {
  return json(`/conversations/${id}/fork`, { method: "POST", body: { message_id: messageId } });
}

export function stopTurn(turnId: string): Promise<TurnRead> {
  return json(`/turns/${turnId}/stop`, { method: "POST" });
}

const TREE_PAGE = 1000;

/** Where every message stands, on all branches, the newest first. */
export function treeQuery(conversationId: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.messages(conversationId), "tree"] as const,
    queryFn: ({ pageParam, signal }): Promise<TreeRead> =>
      json(`/conversations/${conversationId}/tree`, { query: { limit: TREE_PAGE, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

/** What the model was shown for an answer. It never changes. */
export function contextQuery(conversationId: string, messageId: string) {
  return queryOptions({
    queryKey: ["context", conversationId, messageId] as const,
    queryFn: ({ signal }): Promise<ContextRead> =>
      json(`/conversations/${conversationId}/messages/${messageId}/context`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
