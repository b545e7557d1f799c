// How a finished turn enters the cache of server state, so that nothing is fetched twice.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead, MessagePage, MessageRead } from "#shared/api/types.ts";

type Pages = InfiniteData<MessagePage, string | undefined>;

/** Adds messages after the latest; one that is already there is replaced. */
function appended(pages: Pages | undefined, messages: MessageRead[]): Pages | undefined {
  const [latest, ...older] = pages?.pages ?? [];
  if (!pages || !latest) return pages;
  const fresh = new Set(messages.map((message) => message.id));
  const kept = latest.data.filter((message) => !fresh.has(message.id));
  return { ...pages, pages: [{ ...latest, data: [...kept, ...messages] }, ...older] };
}

export function seedConversation(client: QueryClient, conversation: ConversationRead): void {
  client.setQueryData(keys.conversation(conversation.id), conversation);
  const empty: Pages = { pages: [{ data: [], has_more: false }], pageParams: [undefined] };
  client.setQueryData(keys.messages(conversation.id), empty);
}

type Outcome = { conversationId: string; title: string; messages: MessageRead[] };

export async function settle(client: QueryClient, { conversationId, title, messages }: Outcome): Promise<void> {
  // A fetch under way may still speak of the turn as running; its answer must not win.
  await client.cancelQueries({ queryKey: keys.conversation(conversationId) });
  client.setQueryData<Pages>(keys.messages(conversationId), (pages) => appended(pages, messages));
  client.setQueryData<ConversationRead>(keys.conversation(conversationId), (known) =>
    known ? { ...known, title: title || known.title, active_turn_id: null } : known,
  );
}
