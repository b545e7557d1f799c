import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "#shared/i18n/i18n.ts";

/** A moment in the reader's own way of writing it. */
export function useMoment(): (iso: string, how?: "day") => string {
  const { i18n } = useTranslation();
  return useCallback(
    (iso, how) => {
      const style =
        how === "day" ? ({ dateStyle: "long" } as const) : ({ dateStyle: "medium", timeStyle: "short" } as const);
      return new Intl.DateTimeFormat(localeOf(i18n.language), style).format(new Date(iso));
    },
    [i18n.language],
  );
}
