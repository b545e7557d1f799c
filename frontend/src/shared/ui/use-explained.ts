import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import en from "#shared/i18n/locales/en.json";

type Explained = { text: string; hint: string };
type KnownCode = {
  [Key in keyof typeof en.errors]: (typeof en.errors)[Key] extends { text: string } ? Key : never;
}[keyof typeof en.errors];

function isKnown(code: string): code is KnownCode {
  const entry = Object.entries(en.errors).find(([key]) => key === code)?.[1];
  return typeof entry === "object";
}

/** Turns an error's code into a sentence and what to do about it, in the reader's language. */
export function useExplained(): (error: Pick<ApiError, "code" | "message" | "retryAfterS">) => Explained {
  const { t } = useTranslation();
  return useCallback(
    (error) => {
      const known = isKnown(error.code);
      const code: KnownCode = known ? (error.code as KnownCode) : "unexpected";
      // A code newer than this app still comes with the server's own sentence.
      const text = known ? t(`errors.${code}.text`) : error.message || t("errors.unexpected.text");
      const hint = error.retryAfterS
        ? t("errors.wait", { count: Math.ceil(error.retryAfterS) })
        : t(`errors.${code}.hint`);
      return { text, hint };
    },
    [t],
  );
}
