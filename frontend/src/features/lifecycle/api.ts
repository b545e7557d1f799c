import { queryOptions } from "@tanstack/react-query";
import { json } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { LifeRead } from "#shared/api/schema.d.ts";

export type Life = LifeRead;
export type State = Life["state"];

/** Where a conversation stands; asked anew whenever it is looked at, as time alone changes it. */
export function lifeQuery(id: string) {
  return queryOptions({
    queryKey: keys.life(id),
    queryFn: ({ signal }): Promise<Life> => json(`/conversations/${id}/lifecycle`, { signal }),
    staleTime: 0,
  });
}

export function complete(id: string): Promise<Life> {
  return json(`/conversations/${id}/complete`, { method: "POST" });
}
