import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryKey,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { json } from "#shared/api/client.ts";

export type Query = Record<string, string | number | undefined>;

/** The names under which the admin area's answers are cached. */
export const adminKeys = {
  usage: ["admin", "usage"],
  budgets: ["admin", "budgets"],
  policies: ["admin", "policies"],
  keys: ["admin", "keys"],
  users: ["admin", "users"],
  sessions: ["admin", "sessions"],
  invitations: ["admin", "invitations"],
  groups: ["admin", "groups"],
  roles: ["admin", "roles"],
  tenants: ["admin", "tenants"],
  providers: ["admin", "providers"],
  connections: ["admin", "connections"],
  models: ["admin", "models"],
  status: ["admin", "status"],
  cache: ["admin", "cache"],
  audit: ["admin", "audit"],
  identityProviders: ["admin", "identity-providers"],
  scimTokens: ["admin", "scim-tokens"],
  webhooks: ["admin", "webhooks"],
  jobs: ["admin", "jobs"],
  tokenIssuers: ["admin", "token-issuers"],
  experiments: ["admin", "experiments"],
  ledger: ["admin", "ledger"],
  encryption: ["admin", "encryption"],
  shares: ["admin", "shares"],
  erasures: ["admin", "erasures"],
  holds: ["admin", "legal-holds"],
} as const satisfies Record<string, QueryKey>;

/** One answer of the platform. */
export function answerQuery<Answer>(key: QueryKey, path: string, query: Query = {}) {
  return queryOptions({
    queryKey: [...key, path, query],
    queryFn: ({ signal }) => json<Answer>(path, { signal, query }),
  });
}

const LIVE_MS = 3000;

type CursorPage<Row> = { data: Row[]; next_cursor: string | null };

function pagesQuery<Row>(key: QueryKey, path: string, query: Query = {}) {
  return infiniteQueryOptions({
    queryKey: [...key, "pages", path, query],
    queryFn: ({ signal, pageParam }) =>
      json<CursorPage<Row>>(path, { signal, query: { ...query, cursor: pageParam ?? undefined } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** A list that comes whole; `everyMs` keeps it up to date. */
export function useWhole<Row>(key: QueryKey, path: string, query: Query = {}, everyMs: number | false = false) {
  const list = useQuery({ ...answerQuery<{ data: Row[] }>(key, path, query), refetchInterval: everyMs });
  return { data: list.data?.data, error: list.error, refetch: list.refetch };
}

/**
 * A list that comes by pages, as one list and the way to more of it.
 *
 * What was shown stays until another answer is there. While one of its rows is live it is asked for again and again.
 */
export function usePages<Row>(
  key: QueryKey,
  path: string,
  query: Query = {},
  enabled = true,
  isLive: (row: Row) => boolean = () => false,
) {
  const pages = useInfiniteQuery({
    ...pagesQuery<Row>(key, path, query),
    enabled,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.data.some(isLive)) ? LIVE_MS : false),
    placeholderData: keepPreviousData,
  });
  return {
    data: pages.data?.pages.flatMap((page) => page.data),
    error: pages.error,
    refetch: pages.refetch,
    more: { hasMore: pages.hasNextPage, isBusy: pages.isFetchingNextPage, load: () => void pages.fetchNextPage() },
  };
}

const MOST_ROWS = 2000;

/** A list that somebody chooses from: its pages come by themselves, one after the other, up to two thousand rows. */
export function useEvery<Row>(key: QueryKey, path: string, query: Query = {}, enabled = true) {
  const pages = usePages<Row>(key, path, { ...query, limit: 100 }, enabled);
  const { hasMore, isBusy, load } = pages.more;
  const isComing = enabled && hasMore && !pages.error && (pages.data?.length ?? 0) < MOST_ROWS;
  useEffect(() => {
    if (isComing && !isBusy) load();
  });
  return { ...pages, isComing };
}
