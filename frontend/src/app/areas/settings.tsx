import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const SecurityPage = lazyPage("security", async () => (await import("#routes/security-page.tsx")).SecurityPage);

const security = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/security",
  component: function Security() {
    return <SecurityPage session={security.useRouteContext().session} />;
  },
});

export const settingsRoutes = [security];
