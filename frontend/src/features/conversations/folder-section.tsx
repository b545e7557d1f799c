import { useInfiniteQuery } from "@tanstack/react-query";
import {
  ChevronRight,
  Ellipsis,
  Filter,
  FolderClosed,
  FolderOpen,
  FolderPlus,
  Pencil,
  Plus,
  Trash2,
} from "lucide-react";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FolderRead } from "#shared/api/schema.d.ts";
import { cx } from "#shared/lib/cx.ts";
import { readStored, writeStored } from "#shared/lib/storage.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLine } from "#shared/ui/menu.tsx";
import { conversationsQuery } from "./api.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { bearsConversations } from "./dragging.ts";
import { type FolderNode, folderTree } from "./folder-tree.ts";
import { useLists } from "./list-context.ts";
import { useDropped } from "./use-dropped.ts";

const OPEN = "chimera.folders.open";

/** Deeper than this the tree would leave no room for titles. */
const DEEPEST = 5;

function readOpen(): string[] {
  return (readStored(OPEN) ?? "").split(" ").filter(Boolean);
}

/** What lies in a folder that is open. */
function Inside({ folder }: { folder: FolderRead }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(conversationsQuery({ folder: folder.id }));
  const held = (list.data?.pages ?? []).flatMap((page) => page.data).filter((one) => one.folder_id === folder.id);
  if (list.isSuccess && held.length === 0) {
    return <p className="py-1.5 ps-3 text-faint text-xs">{t("shelf.folderEmpty")}</p>;
  }
  return (
    <>
      <ul>
        {held.map((conversation) => (
          <li key={conversation.id}>
            <ConversationItem conversation={conversation} />
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button look="quiet" className="h-8" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {t("sidebar.more")}
        </Button>
      ) : null}
    </>
  );
}

function FolderMenu({ folder, depth }: { folder: FolderRead; depth: number }) {
  const { t } = useTranslation();
  const { ask, onlyFolder } = useLists();
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={t("shelf.folderActions", { name: folder.name })}
          className="me-1 grid size-7 shrink-0 place-items-center rounded-lg text-faint opacity-0 hover:text-ink focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
        >
          <Ellipsis aria-hidden="true" className="size-4" />
        </button>
      }
    >
      <MenuItem
        icon={Pencil}
        label={t("shelf.editFolder")}
        onSelect={() => ask({ what: "folder", folder, parentId: folder.parent_id, those: [] })}
      />
      {depth + 1 < DEEPEST ? (
        <MenuItem
          icon={FolderPlus}
          label={t("shelf.folderInside")}
          onSelect={() => ask({ what: "folder", folder: null, parentId: folder.id, those: [] })}
        />
      ) : null}
      <MenuItem icon={Filter} label={t("shelf.onlyFolder")} onSelect={() => onlyFolder(folder)} />
      <MenuLine />
      <MenuItem
        icon={Trash2}
        label={t("shelf.deleteFolder")}
        danger
        onSelect={() => ask({ what: "delete-folder", folder })}
      />
    </Menu>
  );
}

type NodeProps = { node: FolderNode; open: readonly string[]; onToggle: (id: string) => void };

function Node({ node: { folder, depth, inside }, open, onToggle }: NodeProps) {
  const dropped = useDropped();
  const [over, setOver] = useState(false);
  const isOpen = open.includes(folder.id);
  const Icon = isOpen ? FolderOpen : FolderClosed;
  const target = {
    onDragOver: (event: DragEvent) => {
      if (!bearsConversations(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      dropped(event, folder);
    },
  };
  return (
    <li>
      <div
        {...target}
        className={cx(
          "group flex items-center rounded-xl transition-colors focus-within:bg-hover hover:bg-hover",
          over && "bg-accent-wash outline-2 outline-accent outline-dashed",
        )}
      >
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => onToggle(folder.id)}
          className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-xl ps-1.5 text-start text-sm"
        >
          <ChevronRight
            aria-hidden="true"
            className={cx(
              "size-3.5 shrink-0 text-faint transition-transform rtl:-scale-x-100",
              isOpen && "rotate-90 rtl:-rotate-90",
            )}
          />
          <Icon
            aria-hidden="true"
            className="size-4 shrink-0 text-soft"
            {...(folder.colour ? { style: { color: folder.colour } } : {})}
          />
          <span dir="auto" className="min-w-0 flex-1 truncate">
            {folder.name}
          </span>
        </button>
        <FolderMenu folder={folder} depth={depth} />
      </div>
      {isOpen ? (
        <div className="ms-3.5 border-line border-s ps-1.5">
          {inside.length ? (
            <ul>
              {inside.map((node) => (
                <Node key={node.folder.id} node={node} open={open} onToggle={onToggle} />
              ))}
            </ul>
          ) : null}
          <Inside folder={folder} />
        </div>
      ) : null}
    </li>
  );
}

/** Folders, in each other, and what lies in those that are open; conversations are dropped into them. */
export function FolderSection() {
  const { t } = useTranslation();
  const { folders, ask } = useLists();
  const [open, setOpen] = useState(readOpen);
  const toggle = (id: string) => {
    const next = open.includes(id) ? open.filter((one) => one !== id) : [...open, id];
    setOpen(next);
    writeStored(OPEN, next.join(" "));
  };
  return (
    <section aria-label={t("shelf.folders")} className="mb-4">
      <div className="flex items-center justify-between ps-3">
        <h2 className="font-medium text-faint text-xs">{t("shelf.folders")}</h2>
        <IconButton
          icon={Plus}
          size="small"
          label={t("shelf.newFolder")}
          onClick={() => ask({ what: "folder", folder: null, parentId: null, those: [] })}
        />
      </div>
      <ul>
        {folderTree(folders).map((node) => (
          <Node key={node.folder.id} node={node} open={open} onToggle={toggle} />
        ))}
      </ul>
    </section>
  );
}
