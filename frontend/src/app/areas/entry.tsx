import { createRoute, useNavigate } from "@tanstack/react-router";
import { SignInPage, type Why } from "#routes/sign-in-page.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { lazyPage } from "../lazy-page.tsx";
import { root } from "../root-route.ts";
import { beginSession, type Services } from "../services.ts";

const mailed = () => import("#routes/mailed-pages.tsx");
const NewPasswordPage = lazyPage("common", async () => (await mailed()).NewPasswordPage);
const VerifyPage = lazyPage("common", async () => (await mailed()).VerifyPage);
const InvitationPage = lazyPage("common", async () => (await mailed()).InvitationPage);

type SignInSearch = { next?: string; why?: Why; tenant?: string; refused?: string };

const WHYS: readonly unknown[] = ["lost", "password", "organisation"] satisfies Why[];

/** Only a path of this app may be returned to, never another site. */
function ownPath(value: unknown): string | null {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null;
}

/** What of an address is heeded. The router hands on the rest as well, so what reads it asks here once more. */
function signInSearch({ next, why, tenant, refused }: Record<string, unknown>): SignInSearch {
  const path = ownPath(next);
  return {
    ...(path ? { next: path } : {}),
    ...(WHYS.includes(why) ? { why: why as Why } : {}),
    ...(typeof refused === "string" && /^[a-z_]{1,40}$/.test(refused) ? { refused } : {}),
    ...(typeof tenant === "string" && /^[\da-f-]{36}$/i.test(tenant) ? { tenant } : {}),
  };
}

/** Begins a session and leads to where somebody wanted to go. */
function useEntering(services: Services): (session: SessionRead, next?: string) => void {
  const navigate = useNavigate();
  return (session, next = "/") => {
    beginSession(services, session);
    void navigate({ to: next, replace: true });
  };
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: function SignIn() {
    const enter = useEntering(signIn.useRouteContext());
    const { next, why, tenant, refused } = signInSearch(signIn.useSearch());
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

/** What one sees before a session: signing in waits for no other download. */
export const entryRoutes = [signIn, newPassword, verify, invitation];
