import { type ComponentProps, useId } from "react";

const LOOK =
  "w-full rounded-xl border border-control bg-card px-3 py-2 transition-colors placeholder:text-faint focus-visible:border-accent";

type AreaProps = Omit<ComponentProps<"textarea">, "id" | "onChange"> & {
  label: string;
  hint?: string;
  onChange: (text: string) => void;
};

/** A text of several lines with its label above, as high as what is in it. */
export function Area({ label, hint, onChange, rows = 2, ...rest }: AreaProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="text-faint text-xs">
          {hint}
        </p>
      ) : null}
      <textarea
        id={id}
        dir="auto"
        rows={rows}
        {...(hint ? { "aria-describedby": `${id}-hint` } : {})}
        onChange={(event) => onChange(event.target.value)}
        className={`${LOOK} field-sizing-content mt-1 block max-h-96 resize-none`}
        {...rest}
      />
    </div>
  );
}

type LineProps = Omit<ComponentProps<"input">, "id" | "onChange"> & {
  label: string;
  onChange: (text: string) => void;
};

export function Line({ label, onChange, ...rest }: LineProps) {
  return (
    <label className="block">
      <span className="font-medium text-sm">{label}</span>
      <input className={`${LOOK} mt-1 h-10`} onChange={(event) => onChange(event.target.value)} {...rest} />
    </label>
  );
}

type PickProps = Omit<ComponentProps<"select">, "onChange"> & { label: string; onChange: (value: string) => void };

export function Pick({ label, onChange, children, ...rest }: PickProps) {
  return (
    <label className="block">
      <span className="font-medium text-sm">{label}</span>
      <select className={`${LOOK} mt-1 h-10`} onChange={(event) => onChange(event.target.value)} {...rest}>
        {children}
      </select>
    </label>
  );
}
