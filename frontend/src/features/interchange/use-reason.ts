import { useTranslation } from "react-i18next";
import type { ImportRead } from "#shared/api/schema.d.ts";

const CODES = ["damaged", "too_large", "too_many_messages", "unrecognised", "invalid", "empty", "given_up"] as const;

type Code = (typeof CODES)[number];

function isCode(code: string): code is Code {
  return (CODES as readonly string[]).includes(code);
}

/** Why a conversation did not come in, in the reader's language; a code newer than this app has the server's own words. */
export function useReason(): (failure: ImportRead["failures"][number]) => string {
  const { t } = useTranslation();
  return ({ code, detail }) => (isCode(code) ? t(`exchange.reasons.${code}`) : detail);
}
