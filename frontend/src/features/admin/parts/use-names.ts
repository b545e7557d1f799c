import { useQueries } from "@tanstack/react-query";
import type { ApiKeyRead, GroupRead, MemberRead } from "#shared/api/schema.d.ts";
import { adminKeys, answerQuery, useEvery } from "./api.ts";
import { useAdmin } from "./use-admin.ts";

// Fewer names than these are asked for one by one.
const MANY = 20;
const MOST_ALONE = 60;

type Kind = "user" | "key" | "team";

type Named = MemberRead | ApiKeyRead | GroupRead;

const PLACES = {
  user: { key: adminKeys.users, path: "/users", needs: "users:read" },
  key: { key: adminKeys.keys, path: "/keys", needs: "keys:manage" },
  team: { key: adminKeys.groups, path: "/groups", needs: "users:read" },
} as const;

function isOf(kind: string): kind is Kind {
  return kind in PLACES;
}

/** Names of users, keys or groups by their ids; an id whose name may not be seen, or is gone, stays an id. */
export function useNames(kind: string, ids: readonly string[]): (id: string) => string {
  const { session, may } = useAdmin();
  const place = isOf(kind) ? PLACES[kind] : null;
  const wanted = place && may(place.needs) ? ids.filter((id) => /^[\da-f-]{36}$/.test(id)) : [];
  const isMany = wanted.length > MANY;
  const all = useEvery<Named>(place?.key ?? adminKeys.users, place?.path ?? "", {}, isMany);
  const listed = new Map(isMany ? all.data?.map((one) => [one.id, nameOf(one)]) : []);
  const isWaiting = isMany && (all.isComing || (!all.data && !all.error));
  const alone = isWaiting ? [] : wanted.filter((id) => !listed.has(id)).slice(0, MOST_ALONE);
  const found = useQueries({
    queries: alone.map((id) => ({
      ...answerQuery<Named>(place?.key ?? adminKeys.users, `${place?.path ?? ""}/${id}`),
      staleTime: 5 * 60_000,
      retry: false,
    })),
  });
  const names = new Map([...listed, ...alone.map((id, place) => [id, nameOf(found[place]?.data)] as const)]);
  if (kind === "user") names.set(session.user.id, session.user.name || session.user.email);
  return (id) => names.get(id) ?? id;
}

function nameOf(named: Named | undefined): string | undefined {
  if (!named) return undefined;
  return named.name || ("email" in named ? (named.email ?? undefined) : undefined);
}
