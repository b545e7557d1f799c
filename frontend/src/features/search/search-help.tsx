import { useTranslation } from "react-i18next";

const WAYS = ["words", "phrase", "without", "begun"] as const;

/** Before anything is searched for: how one finds. */
export function SearchHelp() {
  const { t } = useTranslation();
  return (
    <div className="pt-6">
      <p className="font-display text-xl">{t("search.helpTitle")}</p>
      <p className="mt-1 text-soft text-sm">{t("search.helpLead")}</p>
      <dl className="mt-5 grid gap-x-6 gap-y-3 text-sm sm:grid-cols-[auto_1fr]">
        {WAYS.map((way) => (
          <div key={way} className="contents">
            <dt>
              <code className="rounded-md bg-sunk px-2 py-1 font-mono text-[0.8125rem]">
                {t(`search.ways.${way}.type`)}
              </code>
            </dt>
            <dd className="text-soft max-sm:-mt-1.5 max-sm:mb-1">{t(`search.ways.${way}.finds`)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
