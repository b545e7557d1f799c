import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FolderRead, TagRead } from "#shared/api/schema.d.ts";
import { Confirm } from "#shared/ui/confirm.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { FolderFields } from "./folder-dialog.tsx";
import { type Asked, useLists } from "./list-context.ts";
import { ManageTags, TagFields } from "./tags-dialog.tsx";
import { useShelfChanges } from "./use-shelf-changes.ts";

type DialogsProps = {
  asked: Asked | null;
  onClose: () => void;
  onDelete: (ids: string[]) => void;
  /** A folder is no more: nothing may be narrowed to it. */
  onFolderGone: (folder: FolderRead) => void;
};

/** What a list asks before it does something, or to know how. What was asked last stays while its dialog closes. */
export function SidebarDialogs({ asked, onClose, onDelete, onFolderGone }: DialogsProps) {
  const { t } = useTranslation();
  const { folders, tags, arrange, selection } = useLists();
  const changes = useShelfChanges();
  const [last, setLast] = useState(asked);
  const [doomed, setDoomed] = useState<TagRead | null>(null);
  if (asked && asked !== last) setLast(asked);
  const those = last && "those" in last ? last.those : [];
  const closing = (open: boolean) => !open && onClose();
  const titled = those.length === 1 ? those[0]?.title || t("sidebar.untitled") : "";
  return (
    <>
      <Confirm
        open={asked?.what === "delete"}
        onOpenChange={closing}
        title={those.length > 1 ? t("shelf.deleteManyTitle", { count: those.length }) : t("sidebar.deleteTitle")}
        text={those.length > 1 ? t("shelf.deleteManyText") : t("sidebar.deleteText", { title: titled })}
        action={t("sidebar.delete")}
        onConfirm={() => {
          onDelete(those.map((one) => one.id));
          selection.end();
        }}
      />
      <Confirm
        open={asked?.what === "delete-folder"}
        onOpenChange={closing}
        title={t("shelf.deleteFolderTitle", { name: last?.what === "delete-folder" ? last.folder.name : "" })}
        text={t("shelf.deleteFolderText")}
        action={t("shelf.deleteFolder")}
        onConfirm={() => {
          if (last?.what !== "delete-folder") return;
          changes.deleteFolder(last.folder);
          onFolderGone(last.folder);
        }}
      />
      <Dialog
        open={asked?.what === "folder"}
        onOpenChange={closing}
        title={last?.what === "folder" && last.folder ? t("shelf.editFolder") : t("shelf.newFolderTitle")}
        lead={t("shelf.folderLead")}
      >
        {last?.what === "folder" ? (
          <FolderFields
            folder={last.folder}
            parentId={last.parentId}
            folders={folders}
            onDone={(form) => {
              onClose();
              if (last.folder) changes.changeFolder(last.folder, form);
              else
                changes.makeFolder(form, (made) => {
                  if (!last.those.length) return;
                  arrange(last.those, { folder_id: made.id }, t("shelf.movedTo", { name: made.name }));
                });
            }}
          />
        ) : null}
      </Dialog>
      <Dialog
        open={asked?.what === "tags"}
        onOpenChange={closing}
        title={t("shelf.tagsTitle")}
        lead={t("shelf.tagsLead")}
      >
        <TagFields
          those={those}
          tags={tags}
          onDone={(change) => {
            onClose();
            if (change.add_tags?.length || change.remove_tags?.length) arrange(those, change, t("shelf.tagged"));
            selection.end();
          }}
        />
      </Dialog>
      <Dialog open={asked?.what === "manage-tags"} onOpenChange={closing} title={t("shelf.manageTags")}>
        <ManageTags tags={tags} onRename={changes.renameTag} onDelete={setDoomed} />
      </Dialog>
      <Confirm
        open={doomed !== null}
        onOpenChange={(open) => !open && setDoomed(null)}
        title={t("shelf.deleteTagTitle", { name: doomed?.name ?? "" })}
        text={t("shelf.deleteTagText", { count: doomed?.conversations ?? 0 })}
        action={t("sidebar.delete")}
        onConfirm={() => doomed && changes.deleteTag(doomed)}
      />
    </>
  );
}
