// How a finished turn enters the cache of server state, so that nothing is fetched twice.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead, MessagePage } from "#shared/api/types.ts";
import { messagesQuery } from "./api.ts";
import type { PlacedMessage } from "./placed-message.ts";

type Pages = InfiniteData<MessagePage, string | undefined>;

/** Whether a branch is the one that these messages continue: they are in it already, or follow its last one. */
function isContinued(page: MessagePage, [first]: readonly PlacedMessage[]): boolean {
  const last = page.data.at(-1);
  if (!first || !last) return true;
  return (
    last.id === first.parent_id || page.data.some((known) => known.id === first.id || known.id === first.parent_id)
  );
}

/** Adds messages after the latest; one that is already there is replaced, and keeps its place among others. */
function appended(pages: Pages | undefined, messages: readonly PlacedMessage[]): Pages | undefined {
  const [latest, ...older] = pages?.pages ?? [];
  if (!pages || !latest || !isContinued(latest, messages)) return pages;
  const known = new Map(latest.data.map((message) => [message.id, message]));
  const fresh = messages.map(({ siblings, sibling_index, ...message }): PlacedMessage => {
    const before = known.get(message.id);
    return {
      ...message,
      siblings: siblings ?? before?.siblings ?? [message.id],
      sibling_index: sibling_index ?? before?.sibling_index ?? 0,
    };
  });
  const kept = latest.data.filter((message) => !messages.some((one) => one.id === message.id));
  return { ...pages, pages: [{ ...latest, data: [...kept, ...fresh] }, ...older] };
}

/** Changes one message wherever it is known. */
export function changeMessage(
  client: QueryClient,
  { conversation_id, id }: Pick<PlacedMessage, "conversation_id" | "id">,
  change: Partial<PlacedMessage>,
): void {
  const changed = (message: PlacedMessage) => (message.id === id ? { ...message, ...change } : message);
  for (const [queryKey, known] of client.getQueriesData({ queryKey: keys.messages(conversation_id) })) {
    if (queryKey[2] === "one") client.setQueryData<PlacedMessage>(queryKey, (message) => message && changed(message));
    else if (queryKey[2] !== "tree" && known) {
      client.setQueryData<Pages>(
        queryKey,
        (pages) => pages && { ...pages, pages: pages.pages.map((page) => ({ ...page, data: page.data.map(changed) })) },
      );
    }
  }
}

export function seedConversation(client: QueryClient, conversation: ConversationRead): void {
  client.setQueryData(keys.conversation(conversation.id), conversation);
  const empty: Pages = { pages: [{ data: [], has_more: false }], pageParams: [undefined] };
  client.setQueryData(messagesQuery(conversation.id).queryKey, empty);
}

/** Adds messages to every branch that they continue; says whether there is one. */
function append(client: QueryClient, conversationId: string, messages: readonly PlacedMessage[]): boolean {
  let found = false;
  for (const [queryKey, pages] of client.getQueriesData<Pages>({ queryKey: keys.messages(conversationId) })) {
    const isBranch = queryKey.length === 3 && queryKey[2] !== "tree";
    const longer = isBranch ? appended(pages, messages) : pages;
    if (longer === pages) continue;
    client.setQueryData(queryKey, longer);
    found = true;
  }
  return found;
}

type Outcome = { conversationId: string; title: string; messages: PlacedMessage[]; anew: boolean };

/** Notes the end of a turn. One that began another branch has it read again: others know of their neighbour then. */
export async function settle(client: QueryClient, { conversationId, title, messages, anew }: Outcome): Promise<void> {
  // A fetch under way may still speak of the turn as running; its answer must not win.
  await client.cancelQueries({ queryKey: keys.conversation(conversationId) });
  await client.cancelQueries({ queryKey: keys.messages(conversationId) });
  if (anew || !append(client, conversationId, messages)) {
    await client.invalidateQueries({ queryKey: keys.messages(conversationId) });
  }
  client.setQueryData<ConversationRead>(keys.conversation(conversationId), (known) =>
    known
      ? // What is said wakes it, too.
        { ...known, title: title || known.title, state: "active", active_turn_id: null, active_turn_ids: [] }
      : known,
  );
}
