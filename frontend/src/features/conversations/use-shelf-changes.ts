import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { FolderRead, TagRead } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useSentence } from "#shared/ui/use-sentence.ts";
import type { FolderForm } from "./folder-dialog.tsx";
import { changeFolder, createFolder, deleteFolder, deleteTag, renameTag } from "./folders-api.ts";

/** Folders and tags themselves: made, changed and taken away. */
export function useShelfChanges() {
  const client = useQueryClient();
  const { t } = useTranslation();
  const toast = useToast();
  const sentence = useSentence();
  const onError = (thrown: unknown) => toast(sentence(asApiError(thrown)), "bad");
  const foldersChanged = () => client.invalidateQueries({ queryKey: keys.folders });
  const tagsChanged = () => {
    void client.invalidateQueries({ queryKey: keys.tags });
    void client.invalidateQueries({ queryKey: keys.conversations });
  };

  const make = useMutation({ mutationFn: createFolder, onError, onSettled: foldersChanged });
  const change = useMutation({
    mutationFn: ({ folder, form }: { folder: FolderRead; form: FolderForm }) => changeFolder(folder.id, form),
    onError,
    onSettled: foldersChanged,
  });
  const remove = useMutation({
    mutationFn: (folder: FolderRead) => deleteFolder(folder.id),
    onSuccess: (_answer, folder) => toast(t("shelf.folderDeleted", { name: folder.name })),
    onError,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.conversations });
      return foldersChanged();
    },
  });
  const rename = useMutation({
    mutationFn: ({ tag, name }: { tag: TagRead; name: string }) => renameTag(tag.id, name),
    onError,
    onSettled: tagsChanged,
  });
  const forget = useMutation({ mutationFn: (tag: TagRead) => deleteTag(tag.id), onError, onSettled: tagsChanged });
  return {
    makeFolder: (form: FolderForm, onMade: (folder: FolderRead) => void) => make.mutate(form, { onSuccess: onMade }),
    changeFolder: (folder: FolderRead, form: FolderForm) => change.mutate({ folder, form }),
    deleteFolder: (folder: FolderRead) => remove.mutate(folder),
    renameTag: (tag: TagRead, name: string) => rename.mutate({ tag, name }),
    deleteTag: (tag: TagRead) => forget.mutate(tag),
  };
}
