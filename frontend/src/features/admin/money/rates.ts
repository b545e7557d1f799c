import { wholeOrNull } from "#features/admin/parts/reading.ts";
import type { Rates } from "#shared/api/schema.d.ts";

export const RATES = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "tokens_per_day",
  "requests_per_month",
  "tokens_per_month",
] as const satisfies (keyof Rates)[];

/** The rates that a form names with a prefix; those left empty do not limit. */
export function ratesOf(data: FormData, prefix: string): Rates {
  return Object.fromEntries(RATES.map((rate) => [rate, wholeOrNull(data, `${prefix}${rate}`)]));
}
