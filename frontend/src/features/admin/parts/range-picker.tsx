import { useTranslation } from "react-i18next";
import { Picker } from "#features/admin/parts/picker.tsx";
import { RANGES, type Range } from "#features/admin/parts/ranges.ts";

/** How far back what is shown reaches. */
export function RangePicker({ value, onChange }: { value: Range; onChange: (range: Range) => void }) {
  const { t } = useTranslation();
  return (
    <Picker
      label={t("adminMoney.usage.range")}
      value={value}
      onChange={onChange}
      options={RANGES.map((range) => ({ value: range, label: t(`adminMoney.ranges.${range}`) }))}
    />
  );
}
