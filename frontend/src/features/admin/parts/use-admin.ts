import { createContext, useContext } from "react";
import type { PermissionName } from "#features/admin/parts/permissions.ts";
import type { SessionRead } from "#shared/api/types.ts";

export const AdminContext = createContext<SessionRead | null>(null);

/** Whoever is signed in, and what they may do here. */
export function useAdmin() {
  const session = useContext(AdminContext);
  if (!session) throw new Error("A page of the admin area stands outside its frame.");
  const held = new Set(session.permissions);
  return { session, may: (...wanted: PermissionName[]) => wanted.some((one) => held.has(one)) };
}
