import { createContext, useContext } from "react";
import type { FolderRead, TagRead } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import type { Change } from "./arranging.ts";

/** What a list is asked for beyond itself: a dialog, for one conversation or several. */
export type Asked =
  | { what: "delete" | "tags"; those: ConversationRead[] }
  | { what: "folder"; folder: FolderRead | null; parentId: string | null; those: ConversationRead[] }
  | { what: "delete-folder"; folder: FolderRead }
  | { what: "manage-tags" };

export type Selection = {
  /** By their ids; null while nothing is selected by marks. */
  those: ReadonlyMap<string, ConversationRead> | null;
  toggle: (conversation: ConversationRead) => void;
  end: () => void;
};

export type Lists = {
  activeId: string | null;
  folders: readonly FolderRead[];
  tags: readonly TagRead[];
  selection: Selection;
  onOpen: () => void;
  rename: (id: string, title: string) => void;
  arrange: (those: readonly ConversationRead[], change: Change, said: string) => void;
  ask: (asked: Asked) => void;
  exportThose: (those: readonly ConversationRead[]) => void;
  onlyFolder: (folder: FolderRead) => void;
};

export const ListsContext = createContext<Lists | null>(null);

export function useLists(): Lists {
  const lists = useContext(ListsContext);
  if (!lists) throw new Error("lists stand in a sidebar");
  return lists;
}
