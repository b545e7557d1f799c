import {
  Activity,
  BadgePercent,
  Boxes,
  Building2,
  FileKey2,
  Fingerprint,
  FlaskConical,
  Gauge,
  KeyRound,
  LayoutDashboard,
  Link2,
  ListChecks,
  Lock,
  type LucideIcon,
  PiggyBank,
  Plug,
  Receipt,
  Route,
  ScrollText,
  ShieldCheck,
  SlidersHorizontal,
  UserCog,
  Users,
  UsersRound,
  Webhook,
  Zap,
} from "lucide-react";
import type { PermissionName } from "./parts/permissions.ts";

const OVERVIEW = [
  "spend:read",
  "budgets:manage",
  "policies:manage",
  "users:read",
  "audit:read",
  "providers:manage",
] as const;

type Description = {
  id: string;
  section: string;
  path: string;
  icon: LucideIcon;
  /** One of these shows it; with none it is everybody's. */
  needs: readonly PermissionName[];
};

/** The pages of the admin area as its navigation has them, each with whom it is for. */
const PLACES = [
  { id: "overview", section: "start", path: "/admin", icon: LayoutDashboard, needs: OVERVIEW },
  { id: "users", section: "people", path: "/admin/users", icon: Users, needs: ["users:read"] },
  { id: "groups", section: "people", path: "/admin/groups", icon: UsersRound, needs: ["users:read"] },
  { id: "roles", section: "people", path: "/admin/roles", icon: UserCog, needs: ["users:read", "roles:manage"] },
  { id: "tenants", section: "people", path: "/admin/organisations", icon: Building2, needs: ["operate"] },
  { id: "keys", section: "access", path: "/admin/keys", icon: KeyRound, needs: ["keys:own", "keys:manage"] },
  { id: "sso", section: "access", path: "/admin/sso", icon: Fingerprint, needs: ["sso:manage"] },
  { id: "issuers", section: "access", path: "/admin/token-issuers", icon: FileKey2, needs: ["sso:manage"] },
  { id: "providers", section: "models", path: "/admin/providers", icon: Plug, needs: ["models:read"] },
  { id: "models", section: "models", path: "/admin/models", icon: Boxes, needs: ["models:read"] },
  { id: "routing", section: "models", path: "/admin/routing", icon: Route, needs: ["chat", "policies:manage"] },
  { id: "cache", section: "models", path: "/admin/cache", icon: Zap, needs: ["policies:manage"] },
  {
    id: "experiments",
    section: "models",
    path: "/admin/experiments",
    icon: FlaskConical,
    needs: ["policies:manage"],
  },
  { id: "usage", section: "money", path: "/admin/usage", icon: Activity, needs: [] },
  { id: "savings", section: "money", path: "/admin/savings", icon: BadgePercent, needs: ["spend:read", "models:read"] },
  { id: "budgets", section: "money", path: "/admin/budgets", icon: PiggyBank, needs: [] },
  { id: "ledger", section: "money", path: "/admin/ledger", icon: Receipt, needs: [] },
  { id: "limits", section: "money", path: "/admin/limits", icon: Gauge, needs: ["policies:manage"] },
  { id: "audit", section: "safety", path: "/admin/audit", icon: ScrollText, needs: ["audit:read"] },
  { id: "policies", section: "safety", path: "/admin/policies", icon: SlidersHorizontal, needs: ["policies:manage"] },
  { id: "privacy", section: "safety", path: "/admin/privacy", icon: ShieldCheck, needs: ["privacy:manage"] },
  { id: "shares", section: "safety", path: "/admin/shares", icon: Link2, needs: ["privacy:manage"] },
  { id: "encryption", section: "safety", path: "/admin/encryption", icon: Lock, needs: ["encryption:manage"] },
  { id: "webhooks", section: "system", path: "/admin/webhooks", icon: Webhook, needs: ["webhooks:manage"] },
  { id: "jobs", section: "system", path: "/admin/jobs", icon: ListChecks, needs: ["tenant:read"] },
] as const satisfies Description[];

const SECTIONS = ["start", "people", "access", "models", "money", "safety", "system"] as const;

type Place = (typeof PLACES)[number];

function isFor({ needs }: Description, permissions: readonly string[]): boolean {
  return needs.length === 0 || needs.some((one) => permissions.includes(one));
}

/** The sections with what somebody who may do this is offered. */
export function offered(permissions: readonly string[]) {
  const own = PLACES.filter((place) => isFor(place, permissions));
  return SECTIONS.map((id) => ({ id, places: own.filter(({ section }) => section === id) })).filter(
    ({ places }) => places.length > 0,
  );
}

/** The page of an address, and whether it is for who may do this. */
export function placeOf(pathname: string, permissions: readonly string[]) {
  const place: Place | undefined = PLACES.find(({ path }) => path === pathname.replace(/(?<=.)\/$/, ""));
  return { place: place ?? null, isOwn: !place || isFor(place, permissions) };
}
