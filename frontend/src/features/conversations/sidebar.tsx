import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PanelLeft, SquarePen } from "lucide-react";
import { type ReactNode, type RefObject, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FolderRead, TagRead } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { AppName } from "#shared/ui/app-name.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { ConversationLists } from "./conversation-lists.tsx";
import { foldersQuery, tagsQuery } from "./folders-api.ts";
import { type Asked, type Lists, ListsContext } from "./list-context.ts";
import { SearchBox } from "./search-box.tsx";
import { FilterChips, FilterMenu, type Narrowed } from "./shelf-filter.tsx";
import { SidebarDialogs } from "./sidebar-dialogs.tsx";
import { useConversationChanges } from "./use-conversation-changes.ts";
import { useSelection } from "./use-selection.ts";

type SidebarProps = {
  activeId: string | null;
  searchField: RefObject<HTMLInputElement | null>;
  /** The other places of the app. */
  places: ReactNode;
  account: ReactNode;
  newChatHint: string;
  onHide: () => void;
  onOpen: () => void;
  onNew: () => void;
  /** All that was said is to be searched, rather than titles. */
  onSearch: (q: string) => void;
  onExport: (those: readonly ConversationRead[]) => void;
};

const NO_FOLDERS: readonly FolderRead[] = [];
const NO_TAGS: readonly TagRead[] = [];

/** The conversations of the reader, how they keep them in order, and the way to new ones. */
export function Sidebar(props: SidebarProps) {
  const { activeId, searchField, places, account, newChatHint, onHide, onOpen, onNew, onSearch, onExport } = props;
  const { t } = useTranslation();
  const [q, setQ] = useState("");
  const [narrowed, setNarrowed] = useState<Narrowed>({});
  const [asked, setAsked] = useState<Asked | null>(null);
  const scroller = useRef<HTMLElement>(null);
  const wanted = useSettled(q.trim(), 200);
  const { data: folders = NO_FOLDERS } = useQuery(foldersQuery());
  const { data: tags = NO_TAGS } = useQuery(tagsQuery());
  const selection = useSelection();
  const { rename, arrange, remove } = useConversationChanges();
  const lists = useMemo<Lists>(
    () => ({
      activeId,
      folders,
      tags,
      selection,
      onOpen,
      rename,
      arrange,
      ask: setAsked,
      exportThose: onExport,
      onlyFolder: (folder) => setNarrowed({ folder }),
    }),
    [activeId, folders, tags, selection, onOpen, rename, arrange, onExport],
  );
  return (
    <ListsContext value={lists}>
      <div className="flex h-full flex-col bg-side">
        <div className="flex h-14 shrink-0 items-center gap-2 ps-4 pe-2.5">
          <Mark className="size-6" />
          <span className="min-w-0 flex-1 truncate font-display font-semibold text-lg tracking-tight">
            <AppName />
          </span>
          <IconButton icon={PanelLeft} label={t("sidebar.hide")} onClick={onHide} className="rtl:-scale-x-100" />
        </div>
        <div className="space-y-2 px-2.5 pb-2">
          <Link
            to="/"
            onClick={onNew}
            title={newChatHint}
            className="flex h-10 items-center gap-2.5 rounded-xl border border-line bg-card px-3 font-medium text-sm shadow-[0_1px_2px_oklch(0.2_0.02_180/0.04)] transition-colors hover:bg-hover"
          >
            <SquarePen aria-hidden="true" className="size-[17px] text-accent" strokeWidth={2} />
            {t("sidebar.newChat")}
          </Link>
          {places}
          <div className="flex items-center gap-1">
            <SearchBox q={q} onChange={setQ} field={searchField} onSearch={() => onSearch(q.trim())} />
            <FilterMenu
              narrowed={narrowed}
              onNarrow={setNarrowed}
              tags={tags}
              onManageTags={() => setAsked({ what: "manage-tags" })}
              onSelect={selection.begin}
            />
          </div>
          <FilterChips narrowed={narrowed} onNarrow={setNarrowed} tags={tags} />
        </div>
        <nav
          ref={scroller}
          aria-label={t("sidebar.list")}
          className="relative min-h-0 flex-1 overflow-y-auto px-2.5 pt-1 pb-3"
        >
          <ConversationLists q={wanted} narrowed={narrowed} scroller={scroller} onSearch={onSearch} />
        </nav>
        {selection.those ? <BulkBar /> : null}
        <div className="border-line border-t p-2.5">{account}</div>
      </div>
      <SidebarDialogs
        asked={asked}
        onClose={() => setAsked(null)}
        onDelete={(ids) => {
          remove(ids);
          if (activeId && ids.includes(activeId)) onNew();
        }}
        onFolderGone={(folder) => narrowed.folder?.id === folder.id && setNarrowed({})}
      />
    </ListsContext>
  );
}
