import { Link } from "@tanstack/react-router";
import { PanelLeft, SquarePen } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettled } from "#shared/lib/use-settled.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { SearchBox } from "./search-box.tsx";

type SidebarProps = {
  activeId: string | null;
  searchField: RefObject<HTMLInputElement | null>;
  account: ReactNode;
  newChatHint: string;
  onHide: () => void;
  onOpen: () => void;
  onNew: () => void;
};

/** The conversations of the reader, and the way to new ones. */
export function Sidebar({ activeId, searchField, account, newChatHint, onHide, onOpen, onNew }: SidebarProps) {
  const { t } = useTranslation();
  const [q, setQ] = useState("");
  const wanted = useSettled(q.trim(), 200);
  return (
    <div className="flex h-full flex-col bg-side">
      <div className="flex h-14 items-center gap-2 ps-4 pe-2.5">
        <Mark className="size-6" />
        <span className="flex-1 font-display font-semibold text-lg tracking-tight">{t("app.name")}</span>
        <IconButton icon={PanelLeft} label={t("sidebar.hide")} onClick={onHide} className="rtl:-scale-x-100" />
      </div>
      <div className="space-y-2 px-2.5 pb-3">
        <Link
          to="/"
          onClick={onNew}
          title={newChatHint}
          className="flex h-10 items-center gap-2.5 rounded-xl border border-line bg-card px-3 font-medium text-sm shadow-[0_1px_2px_oklch(0.2_0.02_180/0.04)] transition-colors hover:bg-hover"
        >
          <SquarePen aria-hidden="true" className="size-[17px] text-accent" strokeWidth={2} />
          {t("sidebar.newChat")}
        </Link>
        <SearchBox q={q} onChange={setQ} field={searchField} />
      </div>
      <nav aria-label={t("sidebar.list")} className="min-h-0 flex-1 overflow-y-auto px-2.5 pt-1">
        <ConversationList q={wanted} activeId={activeId} onOpen={onOpen} onGone={onNew} />
      </nav>
      <div className="border-line border-t p-2.5">{account}</div>
    </div>
  );
}
