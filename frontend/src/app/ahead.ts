import { sessionQuery } from "#features/auth/api.ts";
import { conversationQuery, messagesQuery } from "#features/chat/turns/api.ts";
import { chatSearch } from "#routes/chat-address.ts";
import type { AppRouter } from "./router.tsx";
import type { Services } from "./services.ts";

/** Asks for the conversation that the address names while the code that shows it arrives, not knowing yet who asks. */
export function askAhead(router: AppRouter, { client }: Services): void {
  const { pathname, search } = router.latestLocation;
  const [, { conversationId }, route] = router.getMatchedRoutes(pathname);
  if (route?.fullPath !== "/c/$conversationId" || !conversationId) return;
  const { leaf = null } = chatSearch(search);
  void client.prefetchQuery(sessionQuery());
  void client.prefetchQuery(conversationQuery(conversationId));
  void client.prefetchInfiniteQuery(messagesQuery(conversationId, leaf));
}
