import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type {
  ConversationCreate,
  DiffRead,
  ItemUpdate,
  LabelPut,
  PersonaCreate,
  PersonaPage,
  PersonaRead,
  PersonaUpdate,
  PreviewCreate,
  PreviewRead,
  PromptCreate,
  PromptPage,
  PromptRead,
  ResultList,
  VersionCreate,
  VersionList,
  VersionRead,
} from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";

export type { PersonaCreate, PersonaRead, PromptRead, VersionRead };

export type Kind = "prompts" | "personas";
export type Item = PromptRead | PersonaRead;
export type Variable = VersionRead["variables"][number];
export type Values = PreviewCreate["values"];

export function itemsQuery(kind: Kind, q: string, tag: string) {
  return infiniteQueryOptions({
    queryKey: [kind, "list", q, tag],
    queryFn: ({ pageParam, signal }): Promise<PromptPage | PersonaPage> =>
      json(`/${kind}`, {
        query: { limit: 30, cursor: pageParam, q: q || undefined, tag: tag || undefined },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** The prompts that a persona may be told, to choose from. */
export function choosablePromptsQuery() {
  return queryOptions({
    queryKey: ["prompts", "all"],
    queryFn: async () => (await json<PromptPage>("/prompts", { query: { limit: 100 } })).data,
  });
}

export function personaQuery(id: string) {
  return queryOptions({ queryKey: [...keys.personas, "one", id], queryFn: () => json<PersonaRead>(`/personas/${id}`) });
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["prompts", "versions", id],
    queryFn: () => json<VersionList>(`/prompts/${id}/versions`, { query: { limit: 100 } }),
  });
}

export function diffQuery(id: string, before: number, after: number) {
  return queryOptions({
    queryKey: ["prompts", "diff", id, before, after],
    queryFn: () => json<DiffRead>(`/prompts/${id}/diff`, { query: { before, after } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function resultsQuery(id: string) {
  return queryOptions({
    queryKey: ["prompts", "results", id],
    queryFn: () => json<ResultList>(`/prompts/${id}/results`),
  });
}

/** What it would say, or an error with part and line; the same words are asked about once. */
export function previewQuery(body: PreviewCreate) {
  return queryOptions({
    queryKey: ["prompt-preview", JSON.stringify(body)],
    queryFn: ({ signal }) => json<PreviewRead>("/prompts/preview", { method: "POST", body, signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
}

export const createPrompt = (body: PromptCreate): Promise<PromptRead> => json("/prompts", { method: "POST", body });

export const changePrompt = (id: string, body: ItemUpdate): Promise<PromptRead> =>
  json(`/prompts/${id}`, { method: "PATCH", body });

export const addVersion = (id: string, body: VersionCreate): Promise<VersionRead> =>
  json(`/prompts/${id}/versions`, { method: "POST", body });

export const putLabel = (id: string, label: string, body: LabelPut): Promise<unknown> =>
  json(`/prompts/${id}/labels/${label}`, { method: "PUT", body });

export const deleteLabel = (id: string, label: string): Promise<unknown> =>
  json(`/prompts/${id}/labels/${label}`, { method: "DELETE" });

export const createPersona = (body: PersonaCreate): Promise<PersonaRead> => json("/personas", { method: "POST", body });

export const changePersona = (id: string, body: PersonaUpdate): Promise<PersonaRead> =>
  json(`/personas/${id}`, { method: "PATCH", body });

export const deleteItem = (kind: Kind, id: string): Promise<void> => send(`/${kind}/${id}`, { method: "DELETE" });

export const copyItem = (kind: Kind, id: string): Promise<Item> => json(`/${kind}/${id}/copy`, { method: "POST" });

/** A new chat that uses something of the library. */
export const beginChat = (body: ConversationCreate): Promise<ConversationRead> =>
  json("/conversations", { method: "POST", body });
