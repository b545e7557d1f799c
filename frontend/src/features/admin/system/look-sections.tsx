import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Line, Tick } from "#features/admin/parts/fields.tsx";
import { useSection } from "#features/admin/parts/policy.ts";
import { isTicked, text } from "#features/admin/parts/reading.ts";
import { keepBrand } from "#shared/lib/brand.ts";
import { SectionCard } from "./section-card.tsx";

const LAYOUT = ["auto", "compress", "measure"] as const;

/** How prompts are laid out before they are sent. */
export function Layout() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="layout"
      read={(data) => Object.fromEntries(LAYOUT.map((name) => [name, isTicked(data, name)]))}
      fields={(policy) =>
        LAYOUT.map((name) => (
          <Tick
            key={name}
            name={name}
            label={t(`adminSystem.layout.${name}`)}
            hint={t(`adminSystem.layoutHints.${name}`)}
            defaultChecked={policy[name]}
          />
        ))
      }
    />
  );
}

/** How the organisation shows itself to its people. */
export function Branding() {
  const { t } = useTranslation();
  const kept = useSection("branding").data?.policy;
  // What holds now is shown at once, here and in every tab that asks later.
  useEffect(() => {
    if (kept) keepBrand(kept);
  }, [kept]);
  return (
    <SectionCard
      name="branding"
      read={(data) => ({
        name: text(data, "name"),
        colour: text(data, "colour").toLowerCase(),
        logo_url: text(data, "logo_url"),
      })}
      fields={(policy) => (
        <>
          <Line name="name" label={t("adminSystem.branding.name")} placeholder="Chimera" defaultValue={policy.name} />
          <Line
            name="colour"
            label={t("adminSystem.branding.colour")}
            placeholder="#0b6e4f"
            spellCheck={false}
            hint={t("adminSystem.branding.colourHint")}
            defaultValue={policy.colour}
          />
          <Line
            name="logo_url"
            type="url"
            label={t("adminSystem.branding.logo_url")}
            hint={t("adminSystem.branding.logoHint")}
            placeholder="https://example.com/logo.svg"
            defaultValue={policy.logo_url}
          />
        </>
      )}
    />
  );
}
