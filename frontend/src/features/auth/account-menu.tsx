import { useQuery } from "@tanstack/react-query";
import { BookOpen, ChevronsUpDown, Keyboard, LogOut, Settings } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SessionRead } from "#shared/api/types.ts";
import { isLanguage, LANGUAGES, type Language, setLanguage } from "#shared/i18n/i18n.ts";
import { setTheme, type Theme, useTheme } from "#shared/lib/theme.ts";
import { Menu, MenuChoice, MenuItem, MenuLine } from "#shared/ui/menu.tsx";
import { placesQuery } from "./api.ts";

type AccountMenuProps = {
  session: SessionRead;
  onSettings: () => void;
  onShortcuts: () => void;
  /** Somebody of several organisations wants to go over to another. */
  onSwitch: (tenantId: string) => void;
  onSignOut: () => void;
};

const LANGUAGE_OPTIONS = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }));

/** Who is signed in, and what they set for themselves. */
export function AccountMenu({ session, onSettings, onShortcuts, onSwitch, onSignOut }: AccountMenuProps) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const { data: places = [] } = useQuery(placesQuery());
  const { user, tenant } = session;
  const name = user.name || user.email;
  const themes: { value: Theme; label: string }[] = [
    { value: "light", label: t("account.light") },
    { value: "dark", label: t("account.dark") },
    { value: "system", label: t("account.system") },
  ];
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className="flex w-full items-center gap-2.5 rounded-xl p-1.5 text-start transition-colors hover:bg-hover data-[state=open]:bg-hover"
        >
          <span
            aria-hidden="true"
            className="grid size-8 shrink-0 place-items-center rounded-full bg-accent font-semibold text-on-accent text-sm uppercase"
          >
            {name.slice(0, 1)}
          </span>
          <span className="sr-only">{t("account.menu")}</span>
          <span className="min-w-0 flex-1 leading-tight">
            <span className="block truncate font-medium text-sm">{name}</span>
            <span className="block truncate text-faint text-xs">{tenant.name}</span>
          </span>
          <ChevronsUpDown aria-hidden="true" className="me-1 size-4 text-faint" />
        </button>
      }
    >
      <p className="truncate px-2.5 pt-1 pb-1.5 text-faint text-xs">{user.email}</p>
      {places.length > 1 ? (
        <>
          <MenuChoice
            label={t("account.organisation")}
            value={tenant.id}
            options={places.map((place) => ({ value: place.tenant_id, label: place.tenant_name }))}
            onChange={(tenantId) => tenantId !== tenant.id && onSwitch(tenantId)}
          />
          <MenuLine />
        </>
      ) : null}
      <MenuChoice label={t("account.theme")} value={theme} options={themes} onChange={setTheme} />
      <MenuLine />
      <MenuChoice
        label={t("account.language")}
        value={isLanguage(i18n.language) ? i18n.language : "en"}
        options={LANGUAGE_OPTIONS}
        onChange={(language) => void setLanguage(language)}
      />
      <MenuLine />
      <MenuItem icon={Settings} label={t("account.settings")} onSelect={onSettings} />
      <MenuItem icon={Keyboard} label={t("account.shortcuts")} onSelect={onShortcuts} />
      <MenuItem icon={BookOpen} label={t("account.docs")} href="/docs" />
      <MenuLine />
      <MenuItem icon={LogOut} label={t("account.signOut")} onSelect={onSignOut} />
    </Menu>
  );
}
