/** Whoever has one of these has something to do in the admin area. */
const OF_ADMINS = new Set([
  "admin",
  "audit:read",
  "budgets:manage",
  "encryption:manage",
  "keys:manage",
  "operate",
  "policies:manage",
  "privacy:manage",
  "providers:manage",
  "roles:manage",
  "spend:read",
  "sso:manage",
  "tenant:manage",
  "tenant:read",
  "users:manage",
  "users:read",
  "webhooks:manage",
]);

export function maySeeAdmin(permissions: readonly string[]): boolean {
  return permissions.some((one) => OF_ADMINS.has(one));
}
