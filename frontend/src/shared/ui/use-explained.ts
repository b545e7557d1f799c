import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import type en from "#shared/i18n/locales/en/common.json";

type Explained = { text: string; hint: string };
type KnownCode = {
  [Key in keyof typeof en.errors]: (typeof en.errors)[Key] extends { text: string } ? Key : never;
}[keyof typeof en.errors];

/** Turns an error's code into a sentence and what to do about it, in the reader's language. */
export function useExplained(): (error: Pick<ApiError, "code" | "message" | "retryAfterS">) => Explained {
  const { t, i18n } = useTranslation();
  return useCallback(
    (error) => {
      // Those of an area are known once it has been opened.
      const known = i18n.exists(`errors.${error.code}.text`);
      const code: KnownCode = known ? (error.code as KnownCode) : "unexpected";
      // A code newer than this app still comes with the server's own sentence.
      const text = known ? t(`errors.${code}.text`) : error.message || t("errors.unexpected.text");
      const hint = error.retryAfterS
        ? t("errors.wait", { count: Math.ceil(error.retryAfterS) })
        : t(`errors.${code}.hint`);
      return { text, hint };
    },
    [t, i18n],
  );
}
