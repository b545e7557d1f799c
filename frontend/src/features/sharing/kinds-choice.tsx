import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Tick } from "./tick.tsx";
import { KINDS, toggled, type Wanted } from "./wanted.ts";

type KindsChoiceProps = { wanted: Wanted; onChange: (wanted: Wanted) => void };

/** What is shown beside questions and answers: told in a line, and chosen behind it. */
export function KindsChoice({ wanted, onChange }: KindsChoiceProps) {
  const { t, i18n } = useTranslation();
  const shown = KINDS.filter((kind) => wanted.shown.includes(kind)).map((kind) => t(`shares.page.kinds.${kind}`));
  const all = [t("shares.alwaysShown"), ...shown];
  return (
    <details className="group">
      <summary className="flex cursor-pointer list-none items-start justify-between gap-3 rounded-lg text-sm">
        <span className="min-w-0">
          <span className="block font-medium">{t("shares.shown")}</span>
          <span className="mt-0.5 block text-faint text-xs">{new Intl.ListFormat(i18n.language).format(all)}</span>
        </span>
        <ChevronDown
          aria-hidden="true"
          className="mt-0.5 size-4 shrink-0 text-faint transition-transform group-open:rotate-180"
        />
      </summary>
      <fieldset className="mt-2 grid grid-cols-1 gap-x-4 gap-y-1 sm:grid-cols-2">
        <legend className="sr-only">{t("shares.shown")}</legend>
        {KINDS.map((kind) => (
          <Tick
            key={kind}
            label={t(`shares.kinds.${kind}`)}
            checked={wanted.shown.includes(kind)}
            onChange={() => onChange(toggled(wanted, kind))}
          />
        ))}
      </fieldset>
    </details>
  );
}
