import { queryOptions } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { FolderList, FolderPatch, FolderRead, FolderWrite, TagList, TagRead } from "#shared/api/schema.d.ts";

export function foldersQuery() {
  return queryOptions({
    queryKey: keys.folders,
    queryFn: async ({ signal }) => (await json<FolderList>("/folders", { signal })).data,
  });
}

export function tagsQuery() {
  return queryOptions({
    queryKey: keys.tags,
    queryFn: async ({ signal }) => (await json<TagList>("/tags", { signal })).data,
  });
}

export function createFolder(body: FolderWrite): Promise<FolderRead> {
  return json("/folders", { method: "POST", body });
}

export function changeFolder(id: string, body: FolderPatch): Promise<FolderRead> {
  return json(`/folders/${id}`, { method: "PATCH", body });
}

export function deleteFolder(id: string): Promise<void> {
  return send(`/folders/${id}`, { method: "DELETE" });
}

export function renameTag(id: string, name: string): Promise<TagRead> {
  return json(`/tags/${id}`, { method: "PATCH", body: { name } });
}

export function deleteTag(id: string): Promise<void> {
  return send(`/tags/${id}`, { method: "DELETE" });
}
