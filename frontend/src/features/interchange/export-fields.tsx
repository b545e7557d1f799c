import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { type ExportWish, exportAddress, FORMATS } from "./export-address.ts";

type FieldsProps = { ids: readonly string[]; onBegun?: () => void; beside?: ReactNode };

type CheckProps = { label: string; checked: boolean; onChange: (checked: boolean) => void };

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="flex min-h-8 cursor-pointer items-center gap-2.5 text-sm">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 shrink-0 accent-accent"
      />
      {label}
    </label>
  );
}

/** As what conversations leave, and the way to get them. */
export function ExportFields({ ids, onBegun, beside }: FieldsProps) {
  const { t } = useTranslation();
  const [wish, setWish] = useState<ExportWish>({
    format: "markdown",
    branches: "shown",
    reasoning: false,
    incomplete: false,
  });
  const change = (changed: Partial<ExportWish>) => setWish((now) => ({ ...now, ...changed }));
  const lossless = wish.format === "json" || wish.format === "jsonl";
  return (
    <>
      <fieldset className="mt-4">
        <legend className="sr-only">{t("exchange.format")}</legend>
        <div className="overflow-hidden rounded-2xl border border-line">
          {FORMATS.map((format) => (
            <label
              key={format}
              className={cx(
                "flex cursor-pointer items-start gap-3 border-line border-t px-3.5 py-2.5 first:border-t-0 has-focus-visible:bg-hover hover:bg-hover",
                wish.format === format && "bg-accent-wash hover:bg-accent-wash",
              )}
            >
              <input
                type="radio"
                name="format"
                value={format}
                checked={wish.format === format}
                onChange={() => change({ format })}
                className="mt-1 size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0 text-sm">
                <span className="block font-medium">{t(`exchange.formats.${format}.name`)}</span>
                <span className="block text-soft text-xs">{t(`exchange.formats.${format}.what`)}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="mt-3 min-h-8">
        {lossless ? (
          <p className="text-soft text-sm">{t("exchange.lossless")}</p>
        ) : (
          <Check
            label={t("exchange.allBranches")}
            checked={wish.branches === "all"}
            onChange={(all) => change({ branches: all ? "all" : "shown" })}
          />
        )}
        {wish.format === "fine_tuning" ? (
          <>
            <Check
              label={t("exchange.reasoning")}
              checked={wish.reasoning}
              onChange={(reasoning) => change({ reasoning })}
            />
            <Check
              label={t("exchange.incomplete")}
              checked={wish.incomplete}
              onChange={(incomplete) => change({ incomplete })}
            />
          </>
        ) : null}
      </div>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        {beside}
        <a href={exportAddress(ids, wish)} download onClick={onBegun} className={buttonLook("primary")}>
          <Download aria-hidden="true" className="size-4" />
          {t("exchange.download")}
        </a>
      </div>
    </>
  );
}
