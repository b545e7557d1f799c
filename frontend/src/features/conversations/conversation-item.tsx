import { Link } from "@tanstack/react-router";
import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { memo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { Menu, MenuItem, MenuLine } from "#shared/ui/menu.tsx";
import { RenameField } from "./rename-field.tsx";

type ConversationItemProps = {
  conversation: ConversationRead;
  active: boolean;
  onOpen: () => void;
  onRename: (id: string, title: string) => void;
  onDelete: (conversation: ConversationRead) => void;
};

export const ConversationItem = memo(function ConversationItem(props: ConversationItemProps) {
  const { conversation, active, onOpen, onRename, onDelete } = props;
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const title = conversation.title || t("sidebar.untitled");

  if (renaming) {
    return (
      <li>
        <RenameField
          title={conversation.title}
          onDone={(changed) => {
            setRenaming(false);
            if (changed) onRename(conversation.id, changed);
            requestAnimationFrame(() => link.current?.focus());
          }}
        />
      </li>
    );
  }
  return (
    <li
      className={cx(
        "group relative flex items-center rounded-xl transition-colors",
        active ? "bg-active" : "hover:bg-hover focus-within:bg-hover",
      )}
    >
      <Link
        ref={link}
        to="/c/$conversationId"
        params={{ conversationId: conversation.id }}
        aria-current={active ? "page" : undefined}
        onClick={onOpen}
        title={title}
        className={cx("flex h-9 min-w-0 flex-1 items-center gap-2 rounded-xl ps-3 text-sm", active && "font-medium")}
      >
        <span dir="auto" className="min-w-0 flex-1 truncate text-start">
          {title}
        </span>
        {conversation.active_turn_id ? (
          <span
            className="size-1.5 shrink-0 animate-breathe rounded-full bg-accent"
            role="img"
            aria-label={t("sidebar.running")}
          />
        ) : null}
      </Link>
      <Menu
        align="end"
        trigger={
          <button
            type="button"
            aria-label={t("sidebar.actions", { title })}
            className="me-1 grid size-7 shrink-0 place-items-center rounded-lg text-faint opacity-0 hover:text-ink focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          >
            <Ellipsis aria-hidden="true" className="size-4" />
          </button>
        }
      >
        <MenuItem icon={Pencil} label={t("sidebar.rename")} onSelect={() => setTimeout(() => setRenaming(true))} />
        <MenuLine />
        <MenuItem icon={Trash2} label={t("sidebar.delete")} danger onSelect={() => onDelete(conversation)} />
      </Menu>
    </li>
  );
});
