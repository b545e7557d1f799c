import { useId } from "react";

type TickProps = { label: string; hint?: string; checked: boolean; onChange: () => void };

/** A box to tick, with what it means. */
export function Tick({ label, hint, checked, onChange }: TickProps) {
  const hintId = useId();
  return (
    <label className="flex min-h-7 cursor-pointer items-start gap-2.5 py-1 text-sm">
      <input
        type="checkbox"
        checked={checked}
        onChange={onChange}
        {...(hint ? { "aria-describedby": hintId } : {})}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0">
        {label}
        {hint ? (
          <span id={hintId} className="mt-0.5 block text-faint text-xs">
            {hint}
          </span>
        ) : null}
      </span>
    </label>
  );
}
