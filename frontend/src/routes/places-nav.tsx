import { Link, useLocation, useRouter } from "@tanstack/react-router";
import { BookMarked, Brain, type LucideIcon, Search, Settings2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { maySeeAdmin } from "./places.ts";

const PLACES = [
  { name: "search", to: "/search", icon: Search },
  { name: "library", to: "/library/prompts", icon: BookMarked },
  { name: "memory", to: "/memory", icon: Brain },
  { name: "admin", to: "/admin", icon: Settings2 },
] as const satisfies readonly { name: string; to: string; icon: LucideIcon }[];

type PlacesNavProps = { permissions: readonly string[]; onGo: () => void };

/** The places of the app beside the chat. */
export function PlacesNav({ permissions, onGo }: PlacesNavProps) {
  const { t } = useTranslation();
  const known = useRouter().routesByPath as Record<string, unknown>;
  // Its address is that of one of its two shelves.
  const inLibrary = useLocation({ select: ({ pathname }) => pathname.startsWith("/library/") });
  const places = PLACES.filter(({ to }) => to in known || `${to}/` in known).filter(
    ({ name }) => name !== "admin" || maySeeAdmin(permissions),
  );
  return (
    <nav aria-label={t("places.label")}>
      <ul className="flex gap-0.5">
        {places.map(({ name, to, icon: Icon }) => (
          <li key={name} className="min-w-0 flex-1">
            <Link
              to={to as string}
              onClick={onGo}
              className={cx(
                "flex h-12 flex-col items-center justify-center gap-1 rounded-xl transition-colors aria-[current=page]:bg-active aria-[current=page]:text-ink",
                name === "library" && inLibrary ? "bg-active text-ink" : "text-soft hover:bg-hover hover:text-ink",
              )}
            >
              <Icon aria-hidden="true" className="size-[17px]" strokeWidth={1.9} />
              <span className="max-w-full truncate px-0.5 text-[0.6875rem] leading-none">{t(`places.${name}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
