import { Link } from "@tanstack/react-router";
import { CheckCheck, Wind } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { Menu } from "#shared/ui/menu.tsx";
import { ConversationMenu } from "./conversation-menu.tsx";
import { take } from "./dragging.ts";
import { useLists } from "./list-context.ts";
import { RenameField } from "./rename-field.tsx";

const ROW = "group relative flex items-center rounded-xl transition-colors";

/** While several are being selected a row is a box to be marked, and leads nowhere. */
function SelectableRow({ conversation, title }: { conversation: ConversationRead; title: string }) {
  const { selection } = useLists();
  const marked = selection.those?.has(conversation.id) ?? false;
  return (
    <label
      className={cx(ROW, "h-9 cursor-pointer gap-2.5 ps-3 pe-2 text-sm", marked ? "bg-active" : "hover:bg-hover")}
      draggable
      onDragStart={(event) => take(event, marked ? [...(selection.those?.keys() ?? [])] : [conversation.id])}
    >
      <input
        type="checkbox"
        checked={marked}
        onChange={() => selection.toggle(conversation)}
        className="size-4 shrink-0 accent-accent"
      />
      <span dir="auto" className="min-w-0 flex-1 truncate text-start">
        {title}
      </span>
    </label>
  );
}

/** That nothing is said in it any more: it is over, or its words are deleted. */
function Over({ state }: { state: "completed" | "retired" }) {
  const { t } = useTranslation();
  const Icon = state === "completed" ? CheckCheck : Wind;
  return (
    <span role="img" aria-label={t(`sidebar.over.${state}`)} title={t(`sidebar.over.${state}`)} className="shrink-0">
      <Icon aria-hidden="true" className="size-3.5 text-faint" />
    </span>
  );
}

/** One conversation of a list. */
export function ConversationItem({ conversation }: { conversation: ConversationRead }) {
  const { t } = useTranslation();
  const { activeId, onOpen, rename, selection } = useLists();
  const [renaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const over = conversation.state === "completed" || conversation.state === "retired" ? conversation.state : null;
  const title = conversation.title || t(over === "retired" ? "sidebar.retired" : "sidebar.untitled");
  const active = conversation.id === activeId;

  if (renaming) {
    return (
      <RenameField
        title={conversation.title}
        onDone={(changed) => {
          setRenaming(false);
          if (changed) rename(conversation.id, changed);
          requestAnimationFrame(() => link.current?.focus());
        }}
      />
    );
  }
  if (selection.those) return <SelectableRow conversation={conversation} title={title} />;
  return (
    <div className={cx(ROW, active ? "bg-active" : "focus-within:bg-hover hover:bg-hover")}>
      <Link
        ref={link}
        to="/c/$conversationId"
        params={{ conversationId: conversation.id }}
        aria-current={active ? "page" : undefined}
        draggable
        onDragStart={(event) => take(event, [conversation.id])}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          onOpen();
        }}
        title={title}
        className={cx("flex h-9 min-w-0 flex-1 items-center gap-2 rounded-xl ps-3 text-sm", active && "font-medium")}
      >
        <span dir="auto" className="min-w-0 flex-1 truncate text-start">
          {title}
        </span>
        {over ? <Over state={over} /> : null}
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
            className="drawn drawn-more me-1 grid size-7 shrink-0 place-items-center rounded-lg text-faint opacity-0 hover:text-ink focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          />
        }
      >
        <ConversationMenu conversation={conversation} onRename={() => setTimeout(() => setRenaming(true))} />
      </Menu>
    </div>
  );
}
