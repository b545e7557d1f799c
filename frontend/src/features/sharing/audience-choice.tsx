import { Building2, Globe } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import type { Audience, Policy } from "./api.ts";

const ICONS = { organisation: Building2, anybody: Globe };
const AUDIENCES = ["organisation", "anybody"] as const;

type AudienceChoiceProps = { value: Audience; widest: Policy["audience"]; onChange: (audience: Audience) => void };

/** Who can open a link: what the organisation forbids is shown, and why it cannot be chosen. */
export function AudienceChoice({ value, widest, onChange }: AudienceChoiceProps) {
  const { t } = useTranslation();
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-sm">{t("shares.audience")}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {AUDIENCES.map((audience) => {
          const Icon = ICONS[audience];
          const allowed = audience === "organisation" || widest === "anybody";
          const chosen = value === audience;
          return (
            <label
              key={audience}
              className={cx(
                "flex items-start gap-2.5 rounded-xl border p-3 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent",
                chosen ? "border-accent bg-accent-wash" : "border-line",
                allowed ? "cursor-pointer" : "text-faint",
              )}
            >
              <input
                type="radio"
                name={name}
                checked={chosen}
                disabled={!allowed}
                onChange={() => onChange(audience)}
                className="sr-only"
              />
              <Icon aria-hidden="true" className={cx("mt-0.5 size-4 shrink-0", chosen && "text-accent")} />
              <span className="min-w-0">
                <span className="block font-medium">{t(`shares.audiences.${audience}`)}</span>
                <span className="block text-xs text-soft">
                  {allowed ? t(`shares.audienceHints.${audience}`) : t("shares.notAllowed")}
                </span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
