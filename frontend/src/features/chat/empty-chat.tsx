import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "#shared/ui/mark.tsx";

const STARTERS = ["s1", "s2", "s3", "s4"] as const;

function greeting(hour: number): "morning" | "afternoon" | "evening" {
  if (hour >= 5 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}

/** A greeting. */
export function Greeting({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <div className="text-center">
      <Mark className="mx-auto mb-5 size-11" />
      <h1 className="text-balance font-display text-[1.75rem] leading-tight tracking-[-0.015em] sm:text-[2.125rem]">
        {t(`welcome.${greeting(new Date().getHours())}`, { name })}{" "}
        <span className="text-faint">{t("welcome.lead")}</span>
      </h1>
    </div>
  );
}

/** Four ways to begin: picking one writes it into the composer, where it can still be changed. */
export function Starters({ onPick }: { onPick: (text: string) => void }) {
  const { t } = useTranslation();
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="sr-only">
        {t("welcome.starters")}
      </h2>
      <ul className="grid gap-2.5 sm:grid-cols-2">
        {STARTERS.map((key) => (
          <li key={key}>
            <button
              type="button"
              onClick={() => onPick(t(`welcome.${key}`))}
              className="h-full w-full rounded-card border border-line px-4 py-3 text-start transition-colors hover:border-control hover:bg-card"
            >
              <span className="block font-medium text-sm">{t(`welcome.${key}Title`)}</span>
              <span className="mt-0.5 block text-sm text-soft leading-snug">{t(`welcome.${key}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
