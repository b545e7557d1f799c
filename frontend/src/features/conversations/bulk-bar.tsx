import { Archive, ArchiveRestore, Download, FolderInput, Pin, PinOff, Tag, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu } from "#shared/ui/menu.tsx";
import { MOST_AT_ONCE } from "./arranging.ts";
import { FolderChoices } from "./conversation-menu.tsx";
import { useLists } from "./list-context.ts";

/** What is done with all that were selected. */
export function BulkBar() {
  const { t } = useTranslation();
  const { selection, arrange, ask, exportThose } = useLists();
  const those = [...(selection.those?.values() ?? [])];
  const none = those.length === 0;
  const archived = !none && those.every((one) => one.archived);
  const pinned = !none && those.every((one) => one.pinned);
  const count = those.length;
  return (
    <div role="toolbar" aria-label={t("shelf.bulk")} className="border-line border-t bg-card px-2.5 py-1.5">
      <div className="flex items-center justify-between ps-1.5">
        <p role="status" className="text-sm">
          {t("shelf.selected", { count })}
        </p>
        <IconButton icon={X} size="small" label={t("shelf.endSelecting")} onClick={selection.end} />
      </div>
      <div className="flex items-center justify-between">
        <IconButton
          icon={archived ? ArchiveRestore : Archive}
          label={archived ? t("shelf.restore") : t("shelf.archive")}
          disabled={none}
          onClick={() => {
            const said = archived ? t("shelf.restored", { count }) : t("shelf.archivedNow", { count });
            arrange(those, { archived: !archived }, said);
            selection.end();
          }}
        />
        <IconButton
          icon={pinned ? PinOff : Pin}
          label={pinned ? t("shelf.unpin") : t("shelf.pin")}
          disabled={none}
          onClick={() => {
            arrange(those, { pinned: !pinned }, pinned ? t("shelf.unpinned") : t("shelf.pinnedNow"));
            selection.end();
          }}
        />
        <IconButton icon={Tag} label={t("shelf.tagsOf")} disabled={none} onClick={() => ask({ what: "tags", those })} />
        <IconButton
          icon={Download}
          label={t("shelf.export")}
          disabled={none || count > MOST_AT_ONCE}
          onClick={() => exportThose(those)}
        />
        <IconButton
          icon={Trash2}
          label={t("sidebar.delete")}
          disabled={none}
          onClick={() => ask({ what: "delete", those })}
          className="hover:text-danger"
        />
        <Menu
          side="top"
          align="end"
          trigger={<IconButton icon={FolderInput} label={t("shelf.moveTo")} disabled={none} />}
        >
          <FolderChoices those={those} />
        </Menu>
      </div>
    </div>
  );
}
