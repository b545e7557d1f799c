import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type {
  MemoryGraph,
  MemoryPage,
  MemoryPatch,
  MemoryRead,
  MemorySettingsRead,
  MemorySettingsWrite,
  MemoryWrite,
} from "#shared/api/schema.d.ts";

export type { MemoryGraph, MemoryRead, MemorySettingsRead };

export type Kind = MemoryRead["kind"];

export type Wanted = { q: string; kind: Kind | ""; over: boolean };

const PAGE = 30;

export function memorySettingsQuery() {
  return queryOptions({
    queryKey: keys.memorySettings,
    queryFn: () => json<MemorySettingsRead>("/memory/settings"),
  });
}

export function putMemorySettings(body: MemorySettingsWrite): Promise<MemorySettingsRead> {
  return json("/memory/settings", { method: "PUT", body });
}

export function memoriesQuery({ q, kind, over }: Wanted) {
  return infiniteQueryOptions({
    queryKey: [...keys.memories, "list", q, kind, over],
    queryFn: ({ pageParam, signal }): Promise<MemoryPage> =>
      json("/memories", {
        query: {
          limit: PAGE,
          cursor: pageParam,
          q: q || undefined,
          kind: kind || undefined,
          holding: over ? "false" : "true",
        },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

function nullWhereGone(thrown: unknown): null {
  if (asApiError(thrown).code === "memory_not_found") return null;
  throw thrown;
}

/** Those that are named, as an answer's report does; what was forgotten since is left out. */
export function namedMemoriesQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: [...keys.memories, "named", ...ids],
    queryFn: async () => {
      const found = await Promise.all(ids.map((id) => json<MemoryRead>(`/memories/${id}`).catch(nullWhereGone)));
      return found.filter((memory) => memory !== null);
    },
  });
}

export function memoryGraphQuery() {
  return queryOptions({ queryKey: [...keys.memories, "graph"], queryFn: () => json<MemoryGraph>("/memory/graph") });
}

export function writeMemory(body: MemoryWrite): Promise<MemoryRead> {
  return json("/memories", { method: "POST", body });
}

export function patchMemory(id: string, body: MemoryPatch): Promise<MemoryRead> {
  return json(`/memories/${id}`, { method: "PATCH", body });
}

export function forgetMemory(id: string): Promise<void> {
  return send(`/memories/${id}`, { method: "DELETE" });
}

export function forgetAll(): Promise<void> {
  return send("/memories", { method: "DELETE" });
}
