import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ChatHeader } from "./chat-header.tsx";

const TAB =
  "rounded-full px-3.5 py-1.5 font-medium text-sm text-soft transition-colors hover:bg-hover aria-[current=page]:bg-accent-wash aria-[current=page]:text-accent";

/** The frame of the library: its two shelves, and what stands on the one that is looked at. */
export function LibraryFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <ChatHeader title={null} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-5xl space-y-5 px-4 pt-2 pb-10">
          <div className="flex flex-wrap items-end justify-between gap-3 px-1">
            <h1 className="min-w-0 break-words font-display text-[1.75rem] leading-tight tracking-[-0.01em]">
              {title}
            </h1>
            <nav aria-label={t("library.title")} className="flex gap-1">
              <Link to="/library/prompts" className={TAB}>
                {t("library.prompts")}
              </Link>
              <Link to="/library/personas" className={TAB}>
                {t("library.personas")}
              </Link>
            </nav>
          </div>
          {children}
        </div>
      </div>
    </>
  );
}
