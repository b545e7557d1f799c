import { queryOptions } from "@tanstack/react-query";
import { json } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { ModelList } from "#shared/api/types.ts";

export function modelsQuery() {
  return queryOptions({ queryKey: keys.models, queryFn: () => json<ModelList>("/models"), staleTime: 60_000 });
}
