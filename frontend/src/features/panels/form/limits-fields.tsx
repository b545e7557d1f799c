import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { chairOf, isChaired, isInRounds, type PanelDraft } from "./panel-draft.ts";

const FIELD = "mt-1 h-10 w-full rounded-xl border border-control bg-card px-3 focus-visible:border-accent";

type LimitsFieldsProps = { draft: PanelDraft; onChange: (change: Partial<PanelDraft>) => void };

function NumberField(props: {
  label: string;
  value: number;
  most: number;
  least?: number;
  onChange: (value: number) => void;
}) {
  const { label, value, most, least = 1, onChange } = props;
  return (
    <label className="block text-sm">
      {label}
      <input
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        value={value}
        onChange={(event) => onChange(Math.min(most, Math.max(least, Math.round(Number(event.target.value)) || least)))}
        className={FIELD}
      />
    </label>
  );
}

/** Who leads, what it may cost and when it ends. */
export function LimitsFields({ draft, onChange }: LimitsFieldsProps) {
  const { t } = useTranslation();
  const wrong = draft.budget !== "" && !/^(0|[1-9]\d{0,5})(\.\d{1,9})?$/.test(draft.budget);
  const switches = [
    ["consensus", draft.consensus],
    ["nothingNew", draft.nothingNew],
    ["human", draft.human],
  ] as const;
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-3">
        {isChaired(draft.kind) ? (
          <label className="block text-sm">
            {t(`panels.chair.${draft.kind as "council"}`)}
            <select
              value={chairOf(draft) ?? ""}
              onChange={(event) => onChange({ chair: event.target.value })}
              className={FIELD}
            >
              {draft.seats.map((seat) => (
                <option key={seat.key} value={seat.handle}>
                  {seat.handle}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        {isInRounds(draft.kind) ? (
          <NumberField
            label={t("panels.rounds")}
            value={draft.rounds}
            most={100}
            onChange={(rounds) => onChange({ rounds })}
          />
        ) : null}
        {draft.kind === "volunteer" ? (
          <NumberField
            label={t("panels.threshold")}
            value={draft.threshold}
            most={10}
            least={0}
            onChange={(threshold) => onChange({ threshold })}
          />
        ) : null}
        <NumberField
          label={t("panels.turns")}
          value={draft.turns}
          most={100}
          onChange={(turns) => onChange({ turns })}
        />
        <label className="block text-sm">
          {t("panels.budget")}
          <input
            inputMode="decimal"
            value={draft.budget}
            placeholder={t("panels.noBound")}
            aria-invalid={wrong}
            onChange={(event) => onChange({ budget: event.target.value.replace(",", ".").trim() })}
            className={cx(FIELD, wrong && "border-danger")}
          />
          {wrong ? <span className="mt-1 block text-danger">{t("panels.flaw.budget")}</span> : null}
        </label>
        <label className="block text-sm">
          {t("panels.seconds")}
          <input
            inputMode="numeric"
            value={draft.seconds}
            placeholder={t("panels.noBound")}
            onChange={(event) => onChange({ seconds: event.target.value.replace(/\D/g, "").slice(0, 5) })}
            className={FIELD}
          />
        </label>
      </div>
      <fieldset className="mt-4">
        <legend className="text-sm">{t("panels.endsWhen")}</legend>
        <div className="mt-1 space-y-1">
          {switches.map(([name, checked]) => (
            <label key={name} className="flex items-center gap-2.5 py-0.5 text-sm text-soft">
              <input
                type="checkbox"
                checked={checked}
                onChange={(event) => onChange({ [name]: event.target.checked })}
                className="size-4 accent-accent"
              />
              {t(`panels.ends.${name}`)}
            </label>
          ))}
        </div>
      </fieldset>
    </>
  );
}
