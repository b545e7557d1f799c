import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "#shared/api/keys.ts";
import type { FolderRead } from "#shared/api/schema.d.ts";
import type { ConversationPage, ConversationRead } from "#shared/api/types.ts";
import { taken } from "./dragging.ts";
import { useLists } from "./list-context.ts";

/** Conversations of any list that is there, by their ids. */
function listed(client: QueryClient, ids: readonly string[]): ConversationRead[] {
  const lists = client.getQueriesData<{ pages: ConversationPage[] }>({ queryKey: keys.conversations });
  const all = lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.data) ?? []);
  return [...new Map(all.filter((one) => ids.includes(one.id)).map((one) => [one.id, one])).values()];
}

/** What is dropped goes into a folder, or out of all. */
export function useDropped(): (event: DragEvent, folder: FolderRead | null) => void {
  const client = useQueryClient();
  const { t } = useTranslation();
  const { arrange } = useLists();
  return (event, folder) => {
    const those = listed(client, taken(event)).filter((one) => one.folder_id !== (folder?.id ?? null));
    if (!those.length) return;
    arrange(
      those,
      { folder_id: folder?.id ?? null },
      folder ? t("shelf.movedTo", { name: folder.name }) : t("shelf.movedOut"),
    );
  };
}
