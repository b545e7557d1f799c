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

const users = createRoute({
  getParentRoute: () => admin,
  path: "/users",
  component: lazyPage("admin-people", async () => (await import("#features/admin/people/users-page.tsx")).UsersPage),
});

const groups = createRoute({
  getParentRoute: () => admin,
  path: "/groups",
  component: lazyPage("admin-people", async () => (await import("#features/admin/people/groups-page.tsx")).GroupsPage),
});

const roles = createRoute({
  getParentRoute: () => admin,
  path: "/roles",
  component: lazyPage("admin-access", async () => (await import("#features/admin/access/roles-page.tsx")).RolesPage),
});

const tenants = createRoute({
  getParentRoute: () => admin,
  path: "/organisations",
  component: lazyPage(
    "admin-people",
    async () => (await import("#features/admin/people/tenants-page.tsx")).TenantsPage,
  ),
});

const keys = createRoute({
  getParentRoute: () => admin,
  path: "/keys",
  component: lazyPage("admin-access", async () => (await import("#features/admin/access/keys-page.tsx")).KeysPage),
});

const sso = createRoute({
  getParentRoute: () => admin,
  path: "/sso",
  component: lazyPage("admin-access", async () => (await import("#features/admin/access/sso-page.tsx")).SsoPage),
});

const providers = createRoute({
  getParentRoute: () => admin,
  path: "/providers",
  component: lazyPage(
    "admin-models",
    async () => (await import("#features/admin/models/providers-page.tsx")).ProvidersPage,
  ),
});

const models = createRoute({
  getParentRoute: () => admin,
  path: "/models",
  component: lazyPage("admin-models", async () => (await import("#features/admin/models/models-page.tsx")).ModelsPage),
});

const routing = createRoute({
  getParentRoute: () => admin,
  path: "/routing",
  component: lazyPage(
    "admin-models",
    async () => (await import("#features/admin/models/routing-page.tsx")).RoutingPage,
  ),
});

const cache = createRoute({
  getParentRoute: () => admin,
  path: "/cache",
  component: lazyPage("admin-models", async () => (await import("#features/admin/models/cache-page.tsx")).CachePage),
});

const usage = createRoute({
  getParentRoute: () => admin,
  path: "/usage",
  component: lazyPage("admin-money", async () => (await import("#features/admin/money/usage-page.tsx")).UsagePage),
});

const savings = createRoute({
  getParentRoute: () => admin,
  path: "/savings",
  component: lazyPage(
    "admin-money",
    async () => (await import("#features/admin/savings/savings-page.tsx")).SavingsPage,
  ),
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

const audit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  component: lazyPage("admin-system", async () => (await import("#features/admin/system/audit-page.tsx")).AuditPage),
});

const policies = createRoute({
  getParentRoute: () => admin,
  path: "/policies",
  component: lazyPage(
    "admin-system",
    async () => (await import("#features/admin/system/policies-page.tsx")).PoliciesPage,
  ),
});

const webhooks = createRoute({
  getParentRoute: () => admin,
  path: "/webhooks",
  component: lazyPage(
    "admin-system",
    async () => (await import("#features/admin/system/webhooks-page.tsx")).WebhooksPage,
  ),
});

const jobs = createRoute({
  getParentRoute: () => admin,
  path: "/jobs",
  component: lazyPage("admin-system", async () => (await import("#features/admin/system/jobs-page.tsx")).JobsPage),
});

const issuers = createRoute({
  getParentRoute: () => admin,
  path: "/token-issuers",
  component: lazyPage(
    "admin-access",
    async () => (await import("#features/admin/access/token-issuers-page.tsx")).TokenIssuersPage,
  ),
});

const experiments = createRoute({
  getParentRoute: () => admin,
  path: "/experiments",
  component: lazyPage(
    "admin-models",
    async () => (await import("#features/admin/models/experiments-page.tsx")).ExperimentsPage,
  ),
});

const ledger = createRoute({
  getParentRoute: () => admin,
  path: "/ledger",
  component: lazyPage("admin-money", async () => (await import("#features/admin/money/ledger-page.tsx")).LedgerPage),
});

const privacy = createRoute({
  getParentRoute: () => admin,
  path: "/privacy",
  component: lazyPage(
    "admin-safety",
    async () => (await import("#features/admin/safety/privacy-page.tsx")).PrivacyPage,
  ),
});

const shares = createRoute({
  getParentRoute: () => admin,
  path: "/shares",
  component: lazyPage("admin-safety", async () => (await import("#features/admin/safety/shares-page.tsx")).SharesPage),
});

const encryption = createRoute({
  getParentRoute: () => admin,
  path: "/encryption",
  component: lazyPage(
    "admin-safety",
    async () => (await import("#features/admin/safety/encryption-page.tsx")).EncryptionPage,
  ),
});

export const adminRoutes = [
  admin.addChildren([
    overview,
    users,
    groups,
    roles,
    tenants,
    keys,
    sso,
    providers,
    models,
    routing,
    cache,
    usage,
    savings,
    budgets,
    limits,
    audit,
    policies,
    webhooks,
    jobs,
    issuers,
    experiments,
    ledger,
    privacy,
    shares,
    encryption,
  ]),
];
