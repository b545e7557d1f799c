import { Activity, Gauge, LayoutDashboard, type LucideIcon, PiggyBank } from "lucide-react";
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
  { id: "usage", section: "money", path: "/admin/usage", icon: Activity, needs: [] },
  { id: "budgets", section: "money", path: "/admin/budgets", icon: PiggyBank, needs: [] },
  { id: "limits", section: "money", path: "/admin/limits", icon: Gauge, needs: ["policies:manage"] },
] as const satisfies Description[];

const SECTIONS = ["start", "money"] as const;

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
