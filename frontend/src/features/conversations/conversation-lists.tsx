import { Search } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationRead } from "#shared/api/types.ts";
import { EVERYTHING, type Shelf } from "./api.ts";
import { FolderSection } from "./folder-section.tsx";
import { useLists } from "./list-context.ts";
import { PinnedSection } from "./pinned-section.tsx";
import { RecentList } from "./recent-list.tsx";
import type { Narrowed } from "./shelf-filter.tsx";

type ListsProps = {
  q: string;
  narrowed: Narrowed;
  scroller: RefObject<HTMLElement | null>;
  onSearch: (q: string) => void;
};

function shelfOf(q: string, { folder, tag, archived }: Narrowed): Shelf {
  return {
    ...(q ? { q } : {}),
    ...(folder ? { folder: folder.id } : {}),
    ...(tag ? { tag } : {}),
    ...(archived ? { archived } : {}),
  };
}

/** Pinned ones, folders, and the rest by day; or, where it is narrowed, one list of what fits. */
export function ConversationLists({ q, narrowed, scroller, onSearch }: ListsProps) {
  const { t } = useTranslation();
  const { folders } = useLists();
  const shelf = shelfOf(q, narrowed);
  const whole = Object.keys(shelf).length === 0;
  const known = new Set(folders.map((folder) => folder.id));
  const shows = (one: ConversationRead): boolean => {
    if (one.archived !== (narrowed.archived ?? false)) return false;
    if (narrowed.folder) return one.folder_id === narrowed.folder.id;
    if (!whole) return true;
    // A folder that is not there (yet) shows nothing of what it holds.
    return !one.pinned && !(one.folder_id && known.has(one.folder_id));
  };
  const empty = (
    <p className="px-3 py-2 text-sm text-soft">
      {q
        ? t("sidebar.noMatch", { q })
        : narrowed.archived
          ? t("shelf.archiveEmpty")
          : whole
            ? `${t("sidebar.empty")} ${t("sidebar.emptyHint")}`
            : t("shelf.nothingHere")}
    </p>
  );
  return (
    <>
      {q ? (
        <button
          type="button"
          onClick={() => onSearch(q)}
          className="mb-1 flex min-h-9 w-full items-center gap-2 rounded-xl px-3 py-1.5 text-start text-accent text-sm hover:bg-hover"
        >
          <Search aria-hidden="true" className="size-4 shrink-0" />
          <span className="min-w-0 break-words">{t("shelf.searchAll", { q })}</span>
        </button>
      ) : null}
      {whole ? (
        <>
          <PinnedSection />
          <FolderSection />
        </>
      ) : null}
      <RecentList
        key={JSON.stringify(shelf)}
        shelf={whole ? EVERYTHING : shelf}
        shows={shows}
        scroller={scroller}
        empty={empty}
      />
    </>
  );
}
