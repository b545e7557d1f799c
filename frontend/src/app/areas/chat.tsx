import { createRoute, useParams } from "@tanstack/react-router";
import { chatSearch } from "#routes/chat-address.ts";
import { useConversationWithPanel } from "#routes/use-conversation-with-panel.ts";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

// Asked for at once, as the shell around it.
const chatPage = import("#routes/chat-page.tsx");
const PanelPage = lazyPage("panels", async () => (await import("#routes/panel-page.tsx")).PanelPage);

const chat = createRoute({
  getParentRoute: () => workspace,
  id: "chat",
  loader: () => chatPage,
  staleTime: Number.POSITIVE_INFINITY,
  component: function Chat() {
    const panel = useConversationWithPanel(useParams({ strict: false }).conversationId);
    const { session } = chat.useRouteContext();
    const { ChatPage } = chat.useLoaderData();
    return panel ? <PanelPage conversation={panel} /> : <ChatPage session={session} />;
  },
});

// Both addresses show the chat page of their parent, so that going from the one to the other mounts nothing anew.
const newChat = createRoute({ getParentRoute: () => chat, path: "/" });
const conversation = createRoute({
  getParentRoute: () => chat,
  path: "/c/$conversationId",
  validateSearch: chatSearch,
});

export const chatRoutes = [chat.addChildren([newChat, conversation])];
