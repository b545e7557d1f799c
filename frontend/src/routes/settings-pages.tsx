import { useTranslation } from "react-i18next";
import { ExportFields } from "#features/interchange/export-fields.tsx";
import { ImportSection } from "#features/interchange/import-section.tsx";
import { Appearance } from "#features/settings/appearance.tsx";
import { OwnData } from "#features/settings/own-data.tsx";
import { ShortcutList } from "#features/settings/shortcut-list.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { Section } from "#shared/ui/section.tsx";
import { SettingsPage } from "./settings-page.tsx";

export function AppearancePage() {
  const { t } = useTranslation();
  return (
    <SettingsPage title={t("prefs.appearance")} lead={t("prefs.appearanceLead")}>
      <Appearance />
    </SettingsPage>
  );
}

export function ShortcutsPage() {
  const { t } = useTranslation();
  return (
    <SettingsPage title={t("prefs.shortcuts")} lead={t("prefs.shortcutsLead")}>
      <ShortcutList />
    </SettingsPage>
  );
}

export function DataPage({ session }: { session: SessionRead }) {
  const { t } = useTranslation();
  return (
    <SettingsPage title={t("prefs.data")} lead={t("prefs.dataLead")}>
      <Section title={t("exchange.importTitle")} lead={t("exchange.importLead")}>
        <ImportSection />
      </Section>
      <Section title={t("exchange.exportAll")} lead={t("exchange.exportAllLead")}>
        <ExportFields ids={[]} />
      </Section>
      <OwnData organisation={session.tenant.name} />
    </SettingsPage>
  );
}
