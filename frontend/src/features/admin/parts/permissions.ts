import type { ApiKeyCreate } from "#shared/api/schema.d.ts";

/** The names of what somebody may do, as the server has them. */
export type PermissionName = NonNullable<ApiKeyCreate["permissions"]>[number];
