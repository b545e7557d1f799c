import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "#features/auth/api.ts";
import { SignInPage } from "#routes/sign-in-page.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { CrashPage, NotFoundPage, PendingPage } from "./pages.tsx";
import { beginSession, endSession, type Services } from "./services.ts";

// Sign-in is small and at once there; the rest arrives while somebody types a password or the session is asked for.
const workspacePage = import("#routes/workspace.tsx");
const chatPage = import("#routes/chat-page.tsx");
const Workspace = lazy(async () => ({ default: (await workspacePage).Workspace }));
const ChatPage = lazy(async () => ({ default: (await chatPage).ChatPage }));

type SignInSearch = { next?: string; lost?: true };

/** Only a path of this app may be returned to, never another site. */
function ownPath(value: unknown): string | null {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null;
}

const root = createRootRouteWithContext<Services>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): SignInSearch => {
    const next = ownPath(search.next);
    return { ...(next ? { next } : {}), ...(search.lost === true ? { lost: true } : {}) };
  },
  component: function SignIn() {
    const services = signIn.useRouteContext();
    const navigate = signIn.useNavigate();
    const { next, lost } = signIn.useSearch();
    return (
      <SignInPage
        lost={lost === true}
        onSignedIn={(session) => {
          beginSession(services, session);
          void navigate({ to: next ?? "/", replace: true });
        }}
      />
    );
  },
});

const workspace = createRoute({
  getParentRoute: () => root,
  id: "workspace",
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery());
    if (!session) {
      throw redirect({ to: "/sign-in", search: location.pathname === "/" ? {} : { next: location.pathname } });
    }
    return { session };
  },
  component: function SignedIn() {
    const { session, ...services } = workspace.useRouteContext();
    const navigate = workspace.useNavigate();
    const { t } = useTranslation();
    const toast = useToast();
    const leave = async () => {
      try {
        await endSession(services);
        await navigate({ to: "/sign-in" });
      } catch {
        toast(t("errors.network.text"), "bad");
      }
    };
    return (
      <Suspense fallback={<PendingPage />}>
        <Workspace session={session} onSignOut={() => void leave()} />
      </Suspense>
    );
  },
});

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

const routeTree = root.addChildren([signIn, workspace.addChildren([chat.addChildren([newChat, conversation])])]);

export function createAppRouter(services: Services) {
  return createRouter({
    routeTree,
    context: services,
    defaultErrorComponent: CrashPage,
    defaultPendingComponent: PendingPage,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
