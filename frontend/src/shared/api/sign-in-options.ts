import { queryOptions } from "@tanstack/react-query";
import type { SignInOption } from "./account-types.ts";
import { json } from "./client.ts";
import { keys } from "./keys.ts";

/** The domain of an address that is typed so far; null while it is none. */
export function domainOf(email: string): string | null {
  const domain = email.trim().split("@")[1]?.toLowerCase();
  return domain && /^[^\s@]+\.[^\s@.]{2,}$/.test(domain) && domain.length <= 253 ? domain : null;
}

/** Where people with an address of this domain may sign in. */
export function signInOptionsQuery(domain: string | null) {
  return queryOptions({
    queryKey: keys.signInOptions(domain ?? ""),
    queryFn: async ({ signal }) => {
      const { data } = await json<{ data: SignInOption[] }>("/sso", { query: { domain: domain ?? "" }, signal });
      return data;
    },
    enabled: domain !== null,
    retry: false,
    staleTime: 5 * 60_000,
  });
}
