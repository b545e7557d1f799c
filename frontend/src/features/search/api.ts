import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { json } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { HitPage } from "#shared/api/schema.d.ts";
import { type Asked, queryOf } from "./asked.ts";

/** Pages may be short, or even empty, while there are more: so many are asked for at once before somebody is shown nothing. */
const IN_ONE_GO = 4;
const ENOUGH = 10;

async function page(asked: Asked, cursor: string | undefined, signal: AbortSignal): Promise<HitPage> {
  const found = await json<HitPage>("/search", { query: { ...queryOf(asked), limit: 30, cursor }, signal });
  for (let more = 1; more < IN_ONE_GO && found.data.length < ENOUGH && found.next_cursor; more += 1) {
    const query = { ...queryOf(asked), limit: 30, cursor: found.next_cursor };
    const next = await json<HitPage>("/search", { query, signal });
    found.data.push(...next.data);
    found.next_cursor = next.next_cursor;
  }
  return found;
}

export function searchQuery(asked: Asked) {
  return infiniteQueryOptions({
    queryKey: keys.search(asked),
    queryFn: ({ pageParam, signal }) => page(asked, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (found) => found.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: Boolean(asked.q?.trim()),
  });
}
