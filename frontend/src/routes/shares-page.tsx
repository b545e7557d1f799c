import { useTranslation } from "react-i18next";
import { OwnLinks } from "#features/sharing/own-links.tsx";
import { SettingsPage } from "./settings-page.tsx";

/** The links that one made, in one place. */
export function SharesPage() {
  const { t } = useTranslation();
  return (
    <SettingsPage title={t("shares.own.title")} lead={t("shares.own.lead")}>
      <OwnLinks />
    </SettingsPage>
  );
}
