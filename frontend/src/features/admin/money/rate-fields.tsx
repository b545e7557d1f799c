import { useTranslation } from "react-i18next";
import { Line } from "#features/admin/parts/fields.tsx";
import type { Rates } from "#shared/api/schema.d.ts";
import { RATES } from "./rates.ts";

/** The six rates that limit somebody or something. */
export function RateFields({ legend, prefix, rates }: { legend: string; prefix: string; rates: Rates }) {
  const { t } = useTranslation();
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-sm">{legend}</legend>
      <div className="grid grid-cols-2 gap-3 rounded-xl border border-line bg-side/50 p-3 sm:grid-cols-3 lg:grid-cols-6">
        {RATES.map((rate) => (
          <Line
            key={rate}
            name={`${prefix}${rate}`}
            label={t(`adminMoney.rates.${rate}`)}
            inputMode="numeric"
            placeholder="–"
            className="text-end tabular-nums"
            defaultValue={rates[rate] ?? ""}
          />
        ))}
      </div>
    </fieldset>
  );
}
