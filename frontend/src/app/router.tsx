import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  useNavigate,
} from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery, switchTenant } from "#features/auth/api.ts";
import { InvitationPage, NewPasswordPage, VerifyPage } from "#routes/mailed-pages.tsx";
import { SignInPage, type Why } from "#routes/sign-in-page.tsx";
import { asApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { CrashPage, NotFoundPage, PendingPage } from "./pages.tsx";
import { beginSession, endSession, noteUser, type Services } from "./services.ts";

// Sign-in is small and at once there; the rest arrives while somebody types a password or the session is asked for.
const workspacePage = import("#routes/workspace.tsx");
const chatPage = import("#routes/chat-page.tsx");
const Workspace = lazy(async () => ({ default: (await workspacePage).Workspace }));
const SecurityPage = lazy(async () => ({ default: (await import("#routes/security-page.tsx")).SecurityPage }));
const ChatPage = lazy(async () => ({ default: (await chatPage).ChatPage }));

type SignInSearch = { next?: string; why?: Why; tenant?: string; refused?: string };

const WHYS: readonly unknown[] = ["lost", "password", "organisation"] satisfies Why[];

/** Only a path of this app may be returned to, never another site. */
function ownPath(value: unknown): string | null {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null;
}

/** Begins a session and leads to where somebody wanted to go. */
function useEntering(services: Services): (session: SessionRead, next?: string) => void {
  const navigate = useNavigate();
  return (session, next = "/") => {
    beginSession(services, session);
    void navigate({ to: next, replace: true });
  };
}

const root = createRootRouteWithContext<Services>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ next, why, tenant, refused }: Record<string, unknown>): SignInSearch => {
    const path = ownPath(next);
    return {
      ...(path ? { next: path } : {}),
      ...(WHYS.includes(why) ? { why: why as Why } : {}),
      ...(typeof refused === "string" && /^[a-z_]{1,40}$/.test(refused) ? { refused } : {}),
      ...(typeof tenant === "string" && /^[\da-f-]{36}$/i.test(tenant) ? { tenant } : {}),
    };
  },
  component: function SignIn() {
    const enter = useEntering(signIn.useRouteContext());
    const { next, why, tenant, refused } = signIn.useSearch();
    return (
      <SignInPage
        why={why ?? null}
        refused={refused ?? null}
        next={next ?? "/"}
        tenantId={tenant}
        onSignedIn={(session) => enter(session, next)}
      />
    );
  },
});

const newPassword = createRoute({ getParentRoute: () => root, path: "/new-password", component: NewPasswordPage });
const verify = createRoute({ getParentRoute: () => root, path: "/verify", component: VerifyPage });
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: function Invitation() {
    const enter = useEntering(invitation.useRouteContext());
    return <InvitationPage onSignedIn={(session) => enter(session)} />;
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
    // Also of who came in by a provider, which is another site and told us nothing.
    noteUser(session);
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
    const switchTo = async (tenantId: string) => {
      try {
        beginSession(services, await switchTenant(tenantId));
        // Anew from the start: nothing on the page may be of the other organisation.
        window.location.assign("/");
      } catch (thrown) {
        if (asApiError(thrown).code === "switch_refused") {
          await navigate({ to: "/sign-in", search: { tenant: tenantId, why: "organisation" } });
        } else toast(t("account.switchFailed"), "bad");
      }
    };
    return (
      <Suspense fallback={<PendingPage />}>
        <Workspace session={session} onSwitch={(tenantId) => void switchTo(tenantId)} onSignOut={() => void leave()} />
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

const security = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/security",
  component: function Security() {
    return (
      <Suspense fallback={<PendingPage />}>
        <SecurityPage session={security.useRouteContext().session} />
      </Suspense>
    );
  },
});

// Both addresses show the chat page of their parent, so that going from the one to the other mounts nothing anew.
const newChat = createRoute({ getParentRoute: () => chat, path: "/" });
const conversation = createRoute({ getParentRoute: () => chat, path: "/c/$conversationId" });

const routeTree = root.addChildren([
  signIn,
  newPassword,
  verify,
  invitation,
  workspace.addChildren([security, chat.addChildren([newChat, conversation])]),
]);

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
