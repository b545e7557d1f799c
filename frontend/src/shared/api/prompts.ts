import { queryOptions } from "@tanstack/react-query";
import { json } from "./client.ts";
import type { PromptRead } from "./schema";

/** One prompt of the library: where it is edited, and by its name wherever it was used. */
export function promptQuery(id: string) {
  return queryOptions({ queryKey: ["prompts", "one", id], queryFn: () => json<PromptRead>(`/prompts/${id}`) });
}
