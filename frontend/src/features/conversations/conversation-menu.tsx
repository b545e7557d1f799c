import {
  Archive,
  ArchiveRestore,
  Download,
  Folder,
  FolderInput,
  FolderPlus,
  Inbox,
  Pencil,
  Pin,
  PinOff,
  SquareCheck,
  Tag,
  Trash2,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConversationRead } from "#shared/api/types.ts";
import { MenuItem, MenuLine, MenuSub } from "#shared/ui/menu.tsx";
import { flattened, folderTree } from "./folder-tree.ts";
import { useLists } from "./list-context.ts";

/** Into which folder conversations go: all there are, none, or a new one. */
export function FolderChoices({ those }: { those: ConversationRead[] }) {
  const { t } = useTranslation();
  const { folders, arrange, ask } = useLists();
  const lies = (folderId: string | null) => those.every((one) => one.folder_id === folderId);
  const into = (folderId: string | null, name: string) =>
    arrange(those, { folder_id: folderId }, folderId ? t("shelf.movedTo", { name }) : t("shelf.movedOut"));
  return (
    <>
      {flattened(folderTree(folders)).map(({ folder, path }) => (
        <MenuItem
          key={folder.id}
          icon={Folder}
          label={path}
          checked={lies(folder.id)}
          onSelect={() => into(folder.id, folder.name)}
        />
      ))}
      {folders.length ? <MenuLine /> : null}
      {lies(null) ? null : <MenuItem icon={Inbox} label={t("shelf.noFolder")} onSelect={() => into(null, "")} />}
      <MenuItem
        icon={FolderPlus}
        label={t("shelf.newFolder")}
        onSelect={() => ask({ what: "folder", folder: null, parentId: null, those })}
      />
    </>
  );
}

type ConversationMenuProps = { conversation: ConversationRead; onRename: () => void };

/** All that can be done with one conversation. */
export function ConversationMenu({ conversation, onRename }: ConversationMenuProps) {
  const { t } = useTranslation();
  const { arrange, ask, exportThose, selection } = useLists();
  const those = [conversation];
  const { pinned, archived } = conversation;
  return (
    <>
      <MenuItem icon={Pencil} label={t("sidebar.rename")} onSelect={onRename} />
      <MenuItem
        icon={pinned ? PinOff : Pin}
        label={pinned ? t("shelf.unpin") : t("shelf.pin")}
        onSelect={() => arrange(those, { pinned: !pinned }, pinned ? t("shelf.unpinned") : t("shelf.pinnedNow"))}
      />
      <MenuSub icon={FolderInput} label={t("shelf.moveTo")}>
        <FolderChoices those={those} />
      </MenuSub>
      <MenuItem icon={Tag} label={t("shelf.tagsOf")} onSelect={() => ask({ what: "tags", those })} />
      <MenuItem
        icon={archived ? ArchiveRestore : Archive}
        label={archived ? t("shelf.restore") : t("shelf.archive")}
        onSelect={() =>
          arrange(
            those,
            { archived: !archived },
            archived ? t("shelf.restored", { count: 1 }) : t("shelf.archivedNow", { count: 1 }),
          )
        }
      />
      <MenuItem icon={Download} label={t("shelf.export")} onSelect={() => exportThose(those)} />
      <MenuItem icon={SquareCheck} label={t("shelf.select")} onSelect={() => selection.toggle(conversation)} />
      <MenuLine />
      <MenuItem icon={Trash2} label={t("sidebar.delete")} danger onSelect={() => ask({ what: "delete", those })} />
    </>
  );
}
