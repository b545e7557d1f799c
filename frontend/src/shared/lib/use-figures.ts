import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "#shared/i18n/i18n.ts";

/** Numbers, money and moments as the reader writes them. Small sums keep two digits that say something. */
export function useFigures() {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const locale = localeOf(i18n.language);
    const whole = new Intl.NumberFormat(locale);
    const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
    const usd = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
    const sum = new Intl.NumberFormat(locale, usd);
    const small = new Intl.NumberFormat(locale, { ...usd, maximumSignificantDigits: 2 });
    const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
    const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
    return {
      number: (value: number) => whole.format(value),
      percent: (value: number) => share.format(value),
      money: (value: string) => (Number(value) >= 0.1 || Number(value) === 0 ? sum : small).format(Number(value)),
      day: (moment: string) => day.format(new Date(moment)),
      time: (moment: string) => time.format(new Date(moment)),
    };
  }, [i18n.language]);
}
