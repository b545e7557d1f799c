import { createRoute } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { switchTenant } from "#features/auth/api.ts";
import { asApiError } from "#shared/api/errors.ts";
import { loadWords } from "#shared/i18n/i18n.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { PendingPage } from "./pages.tsx";
import { root } from "./root-route.ts";
import { beginSession, endSession } from "./services.ts";
import { withSession } from "./signed-in.ts";

// Asked for at once: it arrives while somebody types a password or the session is asked for.
const workspacePage = import("#routes/workspace.tsx");
const Workspace = lazy(async () => {
  const [page] = await Promise.all([workspacePage, loadWords("places")]);
  return { default: page.Workspace };
});

/** Everything that wants a session, within the shell. */
export const workspace = createRoute({
  getParentRoute: () => root,
  id: "workspace",
  beforeLoad: withSession,
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
