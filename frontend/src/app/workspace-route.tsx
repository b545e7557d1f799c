import { createRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { switchTenant } from "#features/auth/api.ts";
import { asApiError } from "#shared/api/errors.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { root } from "./root-route.ts";
import { beginSession, endSession } from "./services.ts";
import { withSession } from "./signed-in.ts";

// Asked for at once: it arrives while somebody types a password or the session is asked for.
const workspacePage = import("#routes/workspace.tsx");

/** Everything that wants a session, within the shell. */
export const workspace = createRoute({
  getParentRoute: () => root,
  id: "workspace",
  beforeLoad: withSession,
  // Not `lazy`: where React once shows that something is to come, it lets it stand for 300 ms.
  loader: () => workspacePage,
  staleTime: Number.POSITIVE_INFINITY,
  component: function SignedIn() {
    const { Workspace } = workspace.useLoaderData();
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
      <Workspace session={session} onSwitch={(tenantId) => void switchTo(tenantId)} onSignOut={() => void leave()} />
    );
  },
});
