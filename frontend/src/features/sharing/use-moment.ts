import { useTranslation } from "react-i18next";
import { localeOf } from "#shared/i18n/i18n.ts";

/** A day, or a moment, in the reader's own way of writing it. */
export function useMoment(): (iso: string, how?: "moment") => string {
  const { i18n } = useTranslation();
  return (iso, how) => {
    const style =
      how === "moment" ? ({ dateStyle: "medium", timeStyle: "short" } as const) : ({ dateStyle: "long" } as const);
    return new Intl.DateTimeFormat(localeOf(i18n.language), style).format(new Date(iso));
  };
}
