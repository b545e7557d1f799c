import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import { localeOf } from "#shared/i18n/i18n.ts";
import { useExplained } from "./use-explained.ts";

/** An error as one line: what is wrong and what to do; of a wait how long, and until when. */
export function useSentence(): (error: ApiError) => string {
  const { t, i18n } = useTranslation();
  const explained = useExplained();
  return useCallback(
    (error) => {
      const wait = error.retryAfterS;
      if (error.code === "too_many_attempts" && wait) {
        // In minutes as soon as seconds would be silly.
        if (wait < 90) return t("signIn.wait", { count: Math.ceil(wait) });
        const time = new Intl.DateTimeFormat(localeOf(i18n.language), { timeStyle: "short" }).format(
          Date.now() + wait * 1000,
        );
        return t("signIn.waitMinutes", { count: Math.ceil(wait / 60), time });
      }
      const { text, hint } = explained(error);
      // The server's own words name the length that the organisation wants.
      const own = error.code === "weak_password" && i18n.language === "en" && error.message;
      return own || `${text} ${hint}`;
    },
    [t, i18n.language, explained],
  );
}
