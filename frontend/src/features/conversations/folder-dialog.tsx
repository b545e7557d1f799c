import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FolderRead } from "#shared/api/schema.d.ts";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { TextField } from "#shared/ui/field.tsx";
import { flattened, folderTree } from "./folder-tree.ts";

/** Readable on both themes' side; what a folder is told by at a glance. */
const COLOURS = ["#2f8f83", "#b0722b", "#4f78c4", "#8a63c7", "#c1495b", "#5f8f3d"] as const;

export type FolderForm = { name: string; colour: string | null; parent_id: string | null };

type FolderDialogProps = {
  folder: FolderRead | null;
  parentId: string | null;
  folders: readonly FolderRead[];
  onDone: (form: FolderForm) => void;
};

/** Ids of a folder and all that lies in it: it can be put in none of them. */
function itself(folder: FolderRead | null, folders: readonly FolderRead[]): Set<string> {
  const nodes = flattened(folderTree(folders));
  const node = nodes.find((one) => one.folder.id === folder?.id);
  return new Set(node ? flattened([node]).map((one) => one.folder.id) : []);
}

/** The name of a folder, its colour, and where it lies. */
export function FolderFields({ folder, parentId, folders, onDone }: FolderDialogProps) {
  const { t } = useTranslation();
  const [colour, setColour] = useState(folder?.colour ?? null);
  const own = itself(folder, folders);
  const places = flattened(folderTree(folders)).filter((node) => !own.has(node.folder.id) && node.depth < 4);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name") ?? "").trim();
    if (name) onDone({ name, colour, parent_id: String(form.get("parent") ?? "") || null });
  };
  return (
    <form onSubmit={submit} className="mt-4 space-y-4">
      <TextField label={t("shelf.folderName")} name="name" required maxLength={200} defaultValue={folder?.name ?? ""} />
      <fieldset>
        <legend className="mb-1.5 font-medium text-sm">{t("shelf.colour")}</legend>
        <div className="flex flex-wrap gap-2">
          {[null, ...COLOURS].map((one, place) => (
            <label
              key={one ?? "none"}
              className={cx(
                "grid size-8 cursor-pointer place-items-center rounded-full border-2 has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
                colour === one ? "border-ink" : "border-transparent",
              )}
            >
              <input
                type="radio"
                name="colour"
                checked={colour === one}
                onChange={() => setColour(one)}
                aria-label={one ? t("shelf.colourNumber", { number: place }) : t("shelf.noColour")}
                className="sr-only"
              />
              <span
                aria-hidden="true"
                className={cx("size-5 rounded-full", one ? null : "border border-control")}
                {...(one ? { style: { backgroundColor: one } } : {})}
              />
            </label>
          ))}
        </div>
      </fieldset>
      {places.length ? (
        <label className="block">
          <span className="mb-1.5 block font-medium text-sm">{t("shelf.liesIn")}</span>
          <select
            name="parent"
            defaultValue={parentId ?? ""}
            className="h-11 w-full rounded-xl border border-control bg-card px-3"
          >
            <option value="">{t("shelf.atTheTop")}</option>
            {places.map(({ folder: one, path }) => (
              <option key={one.id} value={one.id}>
                {path}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <div className="flex justify-end">
        <Button look="primary" type="submit">
          {folder ? t("shelf.save") : t("shelf.createFolder")}
        </Button>
      </div>
    </form>
  );
}
