import { Archive, ListFilter, MessagesSquare, SquareCheck, Tags, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { FolderRead, TagRead } from "#shared/api/schema.d.ts";
import { cx } from "#shared/lib/cx.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLine } from "#shared/ui/menu.tsx";

/** What the list is narrowed to, beside the words of the search box. */
export type Narrowed = { folder?: FolderRead; tag?: string; archived?: boolean };

type FilterProps = {
  narrowed: Narrowed;
  onNarrow: (narrowed: Narrowed) => void;
  tags: readonly TagRead[];
  onManageTags: () => void;
  onSelect: () => void;
};

/** Which part of the conversations is listed: all, what was put away, or what bears a tag. */
export function FilterMenu({ narrowed, onNarrow, tags, onManageTags, onSelect }: FilterProps) {
  const { t } = useTranslation();
  const everything = !narrowed.archived && !narrowed.tag && !narrowed.folder;
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={ListFilter} label={t("shelf.filter")} className={cx(!everything && "text-accent")} />}
    >
      <MenuItem
        icon={MessagesSquare}
        label={t("shelf.everything")}
        checked={everything}
        onSelect={() => onNarrow({})}
      />
      <MenuItem
        icon={Archive}
        label={t("shelf.archived")}
        checked={narrowed.archived ?? false}
        onSelect={() => onNarrow({ archived: true })}
      />
      <MenuLine />
      <MenuItem icon={SquareCheck} label={t("shelf.selectMany")} onSelect={onSelect} />
      {tags.length ? <MenuItem icon={Tags} label={t("shelf.manageTags")} onSelect={onManageTags} /> : null}
    </Menu>
  );
}

type ChipsProps = Pick<FilterProps, "narrowed" | "onNarrow" | "tags">;

/** Tags to narrow the list by, and what it is narrowed to now. */
export function FilterChips({ narrowed, onNarrow, tags }: ChipsProps) {
  const { t } = useTranslation();
  const { folder, archived } = narrowed;
  const off = folder ? folder.name : archived ? t("shelf.archived") : null;
  if (!off && tags.length === 0) return null;
  const look = "flex h-7 shrink-0 items-center gap-1 rounded-full border px-2.5 text-xs transition-colors";
  const known = narrowed.tag && !tags.some((tag) => tag.name === narrowed.tag) ? [narrowed.tag] : [];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a row that scrolls sideways everywhere.
    <div
      role="group"
      aria-label={t("shelf.narrow")}
      className="flex gap-1.5 overflow-x-auto px-0.5 py-0.5 [scrollbar-width:none]"
    >
      {off ? (
        <button
          type="button"
          onClick={() => onNarrow({})}
          aria-label={t("shelf.widen", { name: off })}
          className={cx(look, "border-accent bg-accent-wash text-ink")}
        >
          <span dir="auto" className="max-w-36 truncate">
            {off}
          </span>
          <X aria-hidden="true" className="size-3.5" />
        </button>
      ) : null}
      {[...tags.map((tag) => tag.name), ...known].map((name) => {
        const on = narrowed.tag === name;
        return (
          <button
            key={name}
            type="button"
            aria-pressed={on}
            onClick={() => onNarrow(on ? {} : { tag: name })}
            className={cx(
              look,
              on
                ? "border-accent bg-accent-wash text-ink"
                : "border-line bg-card text-soft hover:bg-hover hover:text-ink",
            )}
          >
            <span dir="auto" className="max-w-36 truncate">
              {name}
            </span>
          </button>
        );
      })}
    </div>
  );
}
