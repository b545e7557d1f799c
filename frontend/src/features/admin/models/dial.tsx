import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "#features/admin/parts/use-format.ts";

/** Between cheapest and best. */
export function Dial({ start }: { start: number }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const id = useId();
  const [dial, setDial] = useState(start);
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex justify-between font-medium text-sm">
        {t("adminModels.routing.dial")}
        <span className="tabular-nums">{share(dial)}</span>
      </label>
      <input
        id={id}
        type="range"
        name="dial"
        min={0}
        max={1}
        step={0.05}
        value={dial}
        onChange={({ target }) => setDial(Number(target.value))}
        aria-valuetext={share(dial)}
        aria-describedby={`${id}-said`}
        className="w-full accent-accent"
      />
      <div id={`${id}-said`} className="flex justify-between text-faint text-xs">
        <span>{t("adminModels.routing.cheapest")}</span>
        <span>{t("adminModels.routing.best")}</span>
      </div>
    </div>
  );
}
