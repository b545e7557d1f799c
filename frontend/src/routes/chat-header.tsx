import { Link } from "@tanstack/react-router";
import { PanelLeft, SquarePen } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { useShellContext } from "./shell-context.ts";

export function ChatHeader({ title }: { title: string | null }) {
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
            className="grid size-9 place-items-center rounded-lg text-soft hover:bg-hover hover:text-ink"
          >
            <SquarePen aria-hidden="true" className="size-[18px]" strokeWidth={1.9} />
          </Link>
        </>
      )}
      {title === null ? null : <h1 className="min-w-0 truncate px-2 font-medium text-sm text-soft">{title}</h1>}
    </header>
  );
}
