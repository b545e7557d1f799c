import { Pencil, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TagRead } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { isComposing } from "#shared/lib/composing.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import type { Change } from "./arranging.ts";
import { RenameField } from "./rename-field.tsx";

type TagsProps = { those: ConversationRead[]; tags: readonly TagRead[]; onDone: (change: Change) => void };

/** Which tags one conversation bears, or all of several. */
export function TagFields({ those, tags, onDone }: TagsProps) {
  const { t } = useTranslation();
  const bears = (name: string) => those.every((one) => one.tags.includes(name));
  const [names, setNames] = useState(() => tags.map((tag) => tag.name));
  const [on, setOn] = useState(() => new Set(names.filter(bears)));
  const [written, setWritten] = useState("");
  const toggle = (name: string) =>
    setOn((now) => new Set(now.has(name) ? [...now].filter((one) => one !== name) : [...now, name]));
  const add = () => {
    const wanted = written.trim();
    if (!wanted) return;
    const known = names.find((name) => name.toLocaleLowerCase() === wanted.toLocaleLowerCase());
    if (!known) setNames([...names, wanted]);
    setOn((now) => new Set([...now, known ?? wanted]));
    setWritten("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was typed and not added yet is meant, too.
    const last = written.trim();
    const wanted = last && !names.includes(last) ? [...on, last] : [...on];
    const borne = names.filter((name) => those.some((one) => one.tags.includes(name)));
    onDone({
      add_tags: wanted.filter((name) => !bears(name)),
      remove_tags: borne.filter((name) => bears(name) && !on.has(name)),
    });
  };
  return (
    <form onSubmit={submit} className="mt-4">
      <div className="flex gap-2">
        <input
          aria-label={t("shelf.newTag")}
          placeholder={t("shelf.newTag")}
          value={written}
          maxLength={60}
          onChange={(event) => setWritten(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !written.trim() || isComposing(event.nativeEvent)) return;
            event.preventDefault();
            add();
          }}
          className="h-10 min-w-0 flex-1 rounded-xl border border-control bg-card px-3 text-sm"
        />
        <IconButton icon={Plus} label={t("shelf.addTag")} onClick={add} disabled={!written.trim()} />
      </div>
      <ul className="mt-3 max-h-64 overflow-y-auto">
        {names.map((name) => (
          <li key={name}>
            <label className="flex min-h-9 cursor-pointer items-center gap-3 rounded-lg px-2 text-sm hover:bg-hover">
              <input
                type="checkbox"
                checked={on.has(name)}
                onChange={() => toggle(name)}
                className="size-4 accent-accent"
              />
              <span dir="auto" className="min-w-0 break-words">
                {name}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <div className="mt-4 flex justify-end">
        <Button look="primary" type="submit">
          {t("shelf.save")}
        </Button>
      </div>
    </form>
  );
}

type ManageProps = {
  tags: readonly TagRead[];
  onRename: (tag: TagRead, name: string) => void;
  onDelete: (tag: TagRead) => void;
};

/** All tags there are: called otherwise, or taken off everywhere. */
export function ManageTags({ tags, onRename, onDelete }: ManageProps) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState<string | null>(null);
  if (tags.length === 0) return <p className="mt-4 text-soft text-sm">{t("shelf.noTags")}</p>;
  return (
    <ul className="mt-3 max-h-80 overflow-y-auto">
      {tags.map((tag) => (
        <li
          key={tag.id}
          className="flex min-h-11 items-center gap-2 border-line border-t py-1 text-sm first:border-t-0"
        >
          {renaming === tag.id ? (
            <RenameField
              title={tag.name}
              label={t("shelf.tagName")}
              maxLength={60}
              onDone={(name) => {
                setRenaming(null);
                if (name) onRename(tag, name);
              }}
            />
          ) : (
            <>
              <span dir="auto" className="min-w-0 flex-1 break-words">
                {tag.name}
              </span>
              <span className="text-faint text-xs">{t("shelf.bearers", { count: tag.conversations })}</span>
              <IconButton
                icon={Pencil}
                size="small"
                label={t("shelf.renameTag", { name: tag.name })}
                onClick={() => setRenaming(tag.id)}
              />
              <IconButton
                icon={Trash2}
                size="small"
                label={t("shelf.deleteTag", { name: tag.name })}
                onClick={() => onDelete(tag)}
                className="hover:text-danger"
              />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
