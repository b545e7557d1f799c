import { queryOptions } from "@tanstack/react-query";
import { type Brand, keepBrand } from "#shared/lib/brand.ts";
import { json } from "./client.ts";
import { keys } from "./keys.ts";

const FRESH_MS = 5 * 60_000;

/** How one's organisation shows itself; who may not read it sees what this browser knew before. */
export function brandQuery() {
  return queryOptions({
    queryKey: keys.brand,
    queryFn: async ({ signal }) => {
      const { policy } = await json<{ policy: Brand }>("/policies/branding", { signal });
      keepBrand(policy);
      return policy;
    },
    retry: false,
    staleTime: FRESH_MS,
  });
}
