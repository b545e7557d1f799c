import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "#shared/i18n/i18n.ts";

/** Up to the billionth of a dollar, as the ledger has it. */
const EXACT = {
  style: "currency",
  currency: "USD",
  currencyDisplay: "narrowSymbol",
  minimumFractionDigits: 2,
  maximumFractionDigits: 9,
} as const;

/** At a glance: to the cent, and of what is less the first two digits. */
const CENTS = { ...EXACT, maximumFractionDigits: 2 } as const;
const LESS = { ...EXACT, minimumFractionDigits: 0, maximumSignificantDigits: 2 } as const;

/** A decimal in text, which Intl writes digit by digit: it never becomes a float. */
function decimal(text: string): Intl.StringNumericLiteral {
  return text as Intl.StringNumericLiteral;
}

/** Numbers, money and moments in the reader's own way of writing them. */
export function useFormat() {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const locale = localeOf(i18n.language);
    const whole = new Intl.NumberFormat(locale);
    const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
    const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
    const exact = new Intl.NumberFormat(locale, EXACT);
    const cents = new Intl.NumberFormat(locale, CENTS);
    const less = new Intl.NumberFormat(locale, LESS);
    const amount = new Intl.NumberFormat(locale, { maximumFractionDigits: 9 });
    const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    const second = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium" });
    const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
    const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
    const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
    const milliseconds = new Intl.NumberFormat(locale, {
      style: "unit",
      unit: "millisecond",
      unitDisplay: "short",
      maximumFractionDigits: 0,
    });
    const seconds = new Intl.NumberFormat(locale, {
      style: "unit",
      unit: "second",
      unitDisplay: "short",
      maximumFractionDigits: 1,
    });
    return {
      whole: (value: number) => whole.format(value),
      short: (value: number) => short.format(value),
      /** Of 1. */
      share: (value: number) => share.format(value),
      usd: (value: string) => exact.format(decimal(value)),
      /** Rounded, for the eye: what is exact stands elsewhere. */
      usdAbout: (value: string) => {
        const size = Math.abs(Number(value));
        return (size > 0 && size < 0.01 ? less : cents).format(decimal(value));
      },
      usdParts: (value: string) => exact.formatToParts(decimal(value)),
      amount: (value: string) => amount.format(decimal(value)),
      moment: (iso: string) => moment.format(new Date(iso)),
      second: (iso: string) => second.format(new Date(iso)),
      /** Of a day of UTC. */
      day: (iso: string) => day.format(new Date(iso)),
      month: (iso: string) => month.format(new Date(iso)),
      shortDay: (iso: string) => shortDay.format(new Date(iso)),
      duration: (ms: number) => (ms < 1000 ? milliseconds.format(ms) : seconds.format(ms / 1000)),
    };
  }, [i18n.language]);
}
