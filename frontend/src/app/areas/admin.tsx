import { createRoute, Outlet } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { root } from "../root-route.ts";
import { withSession } from "../signed-in.ts";

const Frame = lazyPage("admin", async () => (await import("#features/admin/frame.tsx")).AdminFrame);

/** The admin area has a frame of its own, beside the shell of the conversations. */
const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: withSession,
  component: function Admin() {
    return (
      <Frame session={admin.useRouteContext().session}>
        <Outlet />
      </Frame>
    );
  },
});

const overview = createRoute({
  getParentRoute: () => admin,
  path: "/",
  component: lazyPage("admin", async () => (await import("#features/admin/overview/overview-page.tsx")).OverviewPage),
});

const usage = createRoute({
  getParentRoute: () => admin,
  path: "/usage",
  component: lazyPage("admin-money", async () => (await import("#features/admin/money/usage-page.tsx")).UsagePage),
});

const budgets = createRoute({
  getParentRoute: () => admin,
  path: "/budgets",
  component: lazyPage("admin-money", async () => (await import("#features/admin/money/budgets-page.tsx")).BudgetsPage),
});

const limits = createRoute({
  getParentRoute: () => admin,
  path: "/limits",
  component: lazyPage("admin-money", async () => (await import("#features/admin/money/limits-page.tsx")).LimitsPage),
});

export const adminRoutes = [admin.addChildren([overview, usage, budgets, limits])];
