import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationPage, ConversationRead } from "#shared/api/types.ts";

const PAGE = 40;

export function conversationsQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: q ? keys.conversationSearch(q) : keys.conversations,
    queryFn: ({ pageParam, signal }): Promise<ConversationPage> =>
      json("/conversations", { query: { limit: PAGE, cursor: pageParam, q: q || undefined }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
  });
}

export function renameConversation(id: string, title: string): Promise<ConversationRead> {
  return json(`/conversations/${id}`, { method: "PATCH", body: { title } });
}

export function deleteConversation(id: string): Promise<void> {
  return send(`/conversations/${id}`, { method: "DELETE" });
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
