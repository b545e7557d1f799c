import { queryOptions } from "@tanstack/react-query";
import { json } from "./client.ts";
import { keys } from "./keys.ts";
import type { PersonaPage } from "./schema";

/** Personas that one may use: here to choose from, and in the library to be kept. */
export function personasQuery() {
  return queryOptions({
    queryKey: keys.personas,
    queryFn: async () => (await json<PersonaPage>("/personas", { query: { limit: 100 } })).data,
  });
}
