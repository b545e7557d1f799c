import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** One page of the settings: its name, what it is about, and its sections. */
export function SettingsPage({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="space-y-4">
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className="px-1">
        <h1 className="sr-only">{title}</h1>
        <p className="text-soft">{lead}</p>
      </div>
      {children}
    </div>
  );
}
