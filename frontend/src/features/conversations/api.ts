import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationsArrange } from "#shared/api/schema.d.ts";
import type { ConversationPage, ConversationRead } from "#shared/api/types.ts";

const PAGE = 40;

/** Which conversations a list shows; all that are not put away where nothing is said. */
export type Shelf = { q?: string; folder?: string; tag?: string; pinned?: boolean; archived?: boolean };

export const EVERYTHING: Shelf = {};

export function conversationsQuery(shelf: Shelf) {
  const { pinned, archived, ...named } = shelf;
  const query = {
    ...named,
    ...(pinned === undefined ? {} : { pinned: String(pinned) }),
    ...(archived ? { archived: "true" } : {}),
  };
  return infiniteQueryOptions({
    queryKey: Object.keys(query).length ? keys.conversationList(query) : keys.conversations,
    queryFn: ({ pageParam, signal }): Promise<ConversationPage> =>
      json("/conversations", { query: { limit: PAGE, cursor: pageParam, ...query }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function renameConversation(id: string, title: string): Promise<ConversationRead> {
  return json(`/conversations/${id}`, { method: "PATCH", body: { title } });
}

export function deleteConversation(id: string): Promise<void> {
  return send(`/conversations/${id}`, { method: "DELETE" });
}

/** All or none, at most a hundred at once. */
export function arrangeConversations(body: ConversationsArrange): Promise<void> {
  return send("/conversations", { method: "PATCH", body });
}

type Pages = InfiniteData<ConversationPage, string | undefined>;
type Change = (conversations: ConversationRead[]) => ConversationRead[];

/** Changes every cached list at once and hands back how to undo it. */
export function changeLists(client: QueryClient, change: Change): () => void {
  const before = client.getQueriesData<Pages>({ queryKey: keys.conversations });
  client.setQueriesData<Pages>({ queryKey: keys.conversations }, (pages) =>
    pages ? { ...pages, pages: pages.pages.map((page) => ({ ...page, data: change(page.data) })) } : pages,
  );
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}
