import { createRoute, useParams } from "@tanstack/react-router";
import { lazy } from "react";
import { chatSearch } from "#routes/chat-address.ts";
import { useConversationWithPanel } from "#routes/use-conversation-with-panel.ts";
import { loadWords } from "#shared/i18n/i18n.ts";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

// Asked for at once, as the shell around it.
const chatPage = import("#routes/chat-page.tsx");
const ChatPage = lazy(async () => {
  const [page] = await Promise.all([chatPage, loadWords("chat")]);
  return { default: page.ChatPage };
});
const PanelPage = lazyPage("panels", async () => {
  const [page] = await Promise.all([import("#routes/panel-page.tsx"), loadWords("chat")]);
  return page.PanelPage;
});

const chat = createRoute({
  getParentRoute: () => workspace,
  id: "chat",
  component: function Chat() {
    const panel = useConversationWithPanel(useParams({ strict: false }).conversationId);
    const { session } = chat.useRouteContext();
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
