import { cx } from "#shared/lib/cx.ts";

type ChoiceCardsProps<Value extends string> = {
  label: string;
  name: string;
  value: Value;
  options: readonly { value: Value; label: string; hint?: string }[];
  onChange: (value: Value) => void;
};

/** Several of which one holds, each with what it means. */
export function ChoiceCards<Value extends string>({ label, name, value, options, onChange }: ChoiceCardsProps<Value>) {
  return (
    <fieldset className="@container mt-4">
      <legend className="sr-only">{label}</legend>
      <div className="grid @md:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-2">
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              "flex cursor-pointer items-start gap-2.5 rounded-xl border px-3 py-2.5 text-sm transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
              option.value === value ? "border-accent bg-accent-wash" : "border-line hover:bg-hover",
            )}
          >
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="mt-0.5 size-4 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium">{option.label}</span>
              {option.hint ? <span className="block text-soft text-xs">{option.hint}</span> : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
