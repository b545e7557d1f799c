import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { showOwnPlace } from "#shared/lib/own-place.ts";
import { ChatHeader } from "./chat-header.tsx";

const TABS = ["appearance", "data", "shares", "shortcuts", "security"] as const;

/** What one sets for oneself, page by page. */
export function SettingsFrame() {
  const { t } = useTranslation();
  return (
    <>
      <ChatHeader title={null} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-2xl px-4 pb-16">
          <p className="px-1 font-display text-[1.75rem] leading-tight tracking-[-0.01em]">{t("prefs.title")}</p>
          <nav
            ref={showOwnPlace}
            aria-label={t("prefs.pages")}
            className="mt-3 mb-5 overflow-x-auto border-line border-b [scrollbar-width:none]"
          >
            <ul className="flex sm:gap-1">
              {TABS.map((tab) => (
                <li key={tab}>
                  <Link
                    to={`/settings/${tab}`}
                    className="-mb-px block whitespace-nowrap border-transparent border-b-2 px-[0.4375rem] py-2 sm:px-3 text-soft text-sm hover:text-ink focus-visible:-outline-offset-2 aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
                  >
                    {t(`prefs.${tab}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <Outlet />
        </div>
      </div>
    </>
  );
}
