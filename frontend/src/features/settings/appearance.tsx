import { useTranslation } from "react-i18next";
import { isLanguage, LANGUAGES, type Language, setLanguage } from "#shared/i18n/i18n.ts";
import { useDensity } from "#shared/lib/density.ts";
import { setTheme, useTheme } from "#shared/lib/theme.ts";
import { Section } from "#shared/ui/section.tsx";
import { ChoiceCards } from "./choice-cards.tsx";

const LANGUAGE_OPTIONS = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }));

/** How the app looks here: kept in this browser, since other screens are other screens. */
export function Appearance() {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const [density, setDensity] = useDensity();
  return (
    <>
      <Section title={t("account.theme")} lead={t("prefs.themeLead")}>
        <ChoiceCards
          label={t("account.theme")}
          name="theme"
          value={theme}
          options={[
            { value: "light", label: t("account.light") },
            { value: "dark", label: t("account.dark") },
            { value: "system", label: t("account.system") },
          ]}
          onChange={setTheme}
        />
      </Section>
      <Section title={t("account.language")} lead={t("prefs.languageLead")}>
        <ChoiceCards
          label={t("account.language")}
          name="language"
          value={isLanguage(i18n.language) ? i18n.language : "en"}
          options={LANGUAGE_OPTIONS}
          onChange={(language) => void setLanguage(language)}
        />
      </Section>
      <Section title={t("prefs.density")} lead={t("prefs.densityLead")}>
        <ChoiceCards
          label={t("prefs.density")}
          name="density"
          value={density}
          options={[
            { value: "normal", label: t("prefs.normal"), hint: t("prefs.normalHint") },
            { value: "compact", label: t("prefs.compact"), hint: t("prefs.compactHint") },
          ]}
          onChange={setDensity}
        />
      </Section>
    </>
  );
}
