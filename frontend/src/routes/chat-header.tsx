import { Link } from "@tanstack/react-router";
import { PanelLeft, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { useShellContext } from "./shell-context.ts";

/** The head of a page: the way to the sidebar, a title, and at the end what can be done with the page. */
export function ChatHeader({ title, children }: { title: string | null; children?: ReactNode }) {
  const { t } = useTranslation();
  const { sidebarOpen, showSidebar } = useShellContext();
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 px-3">
      {sidebarOpen ? null : (
        <>
          <IconButton icon={PanelLeft} label={t("sidebar.show")} onClick={showSidebar} className="rtl:-scale-x-100" />
          <Link
            to="/"
            aria-label={t("sidebar.newChat")}
            className="grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:bg-hover hover:text-ink"
          >
            <SquarePen aria-hidden="true" className="size-[18px]" strokeWidth={1.9} />
          </Link>
        </>
      )}
      {title === null ? null : <h1 className="min-w-0 truncate px-2 font-medium text-sm text-soft">{title}</h1>}
      <div className="ms-auto flex shrink-0 items-center gap-1">{children}</div>
    </header>
  );
}
