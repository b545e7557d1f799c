import { createRoute, redirect } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const pages = () => import("#routes/settings-pages.tsx");

const SettingsFrame = lazyPage("places", async () => (await import("#routes/settings-frame.tsx")).SettingsFrame);
const AppearancePage = lazyPage("places", async () => (await pages()).AppearancePage);
const DataPage = lazyPage("places", async () => (await pages()).DataPage);
const ShortcutsPage = lazyPage("places", async () => (await pages()).ShortcutsPage);
const SharesPage = lazyPage("shares", async () => (await import("#routes/shares-page.tsx")).SharesPage);
const SecurityPage = lazyPage("security", async () => (await import("#routes/security-page.tsx")).SecurityPage);

const settings = createRoute({ getParentRoute: () => workspace, path: "/settings", component: SettingsFrame });

const first = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/appearance" });
  },
});
const appearance = createRoute({ getParentRoute: () => settings, path: "/appearance", component: AppearancePage });
const shortcuts = createRoute({ getParentRoute: () => settings, path: "/shortcuts", component: ShortcutsPage });
const ownShares = createRoute({ getParentRoute: () => settings, path: "/shares", component: SharesPage });
const data = createRoute({
  getParentRoute: () => settings,
  path: "/data",
  component: function Data() {
    return <DataPage session={data.useRouteContext().session} />;
  },
});
const security = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: function Security() {
    return <SecurityPage session={security.useRouteContext().session} />;
  },
});

export const settingsRoutes = [settings.addChildren([first, appearance, data, ownShares, shortcuts, security])];
