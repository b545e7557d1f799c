import { createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { workspace } from "../workspace-route.tsx";

// Asked for at once, as the shell around it.
const chatPage = import("#routes/chat-page.tsx");
const ChatPage = lazy(async () => ({ default: (await chatPage).ChatPage }));

const chat = createRoute({
  getParentRoute: () => workspace,
  id: "chat",
  component: function Chat() {
    return <ChatPage session={chat.useRouteContext().session} />;
  },
});

// Both addresses show the chat page of their parent, so that going from the one to the other mounts nothing anew.
const newChat = createRoute({ getParentRoute: () => chat, path: "/" });
const conversation = createRoute({ getParentRoute: () => chat, path: "/c/$conversationId" });

export const chatRoutes = [chat.addChildren([newChat, conversation])];
