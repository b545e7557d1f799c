import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "#shared/lib/cx.ts";
import { useFault } from "./form.tsx";

const BOX =
  "w-full rounded-xl border border-control bg-card px-3 text-sm transition-colors focus-visible:border-accent focus-visible:outline-offset-1 aria-invalid:border-danger";

type Described = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };
type FrameProps = { name: string; label: string; hint?: ReactNode; children: (described: Described) => ReactNode };

/** A field with its label above, and below what it is for or what is wrong with it. */
function Frame({ name, label, hint, children }: FrameProps) {
  const id = useId();
  const fault = useFault(name);
  const said = fault ?? hint;
  const described: Described = { id };
  if (said) described["aria-describedby"] = `${id}-said`;
  if (fault) described["aria-invalid"] = true;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium text-sm">
        {label}
      </label>
      {children(described)}
      {said ? (
        <p
          id={`${id}-said`}
          {...(fault ? { role: "alert" } : {})}
          className={cx("mt-1 text-xs", fault ? "text-danger" : "text-faint")}
        >
          {said}
        </p>
      ) : null}
    </div>
  );
}

type Named = { name: string; label: string; hint?: ReactNode };
type LineProps = Named & Omit<ComponentProps<"input">, "id" | "name">;

export function Line({ name, label, hint, className, ...rest }: LineProps) {
  return (
    <Frame name={name} label={label} hint={hint}>
      {(described) => (
        <input
          type="text"
          name={name}
          autoComplete="off"
          className={cx(BOX, "h-10", className)}
          {...described}
          {...rest}
        />
      )}
    </Frame>
  );
}

type ChoiceProps = Named &
  Omit<ComponentProps<"select">, "id" | "name" | "children"> & {
    options: readonly { value: string; label: string }[];
  };

export function Choice({ name, label, hint, options, className, ...rest }: ChoiceProps) {
  return (
    <Frame name={name} label={label} hint={hint}>
      {(described) => (
        <select name={name} className={cx(BOX, "h-10", className)} {...described} {...rest}>
          {options.map(({ value, label: shown }) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

type LinesProps = Named & Omit<ComponentProps<"textarea">, "id" | "name">;

/** A list, one to a line. */
export function Lines({ name, label, hint, className, ...rest }: LinesProps) {
  return (
    <Frame name={name} label={label} hint={hint}>
      {(described) => (
        <textarea
          name={name}
          rows={3}
          spellCheck={false}
          className={cx(BOX, "block py-2 font-mono text-[0.8125rem]", className)}
          {...described}
          {...rest}
        />
      )}
    </Frame>
  );
}

type TickProps = Named & Omit<ComponentProps<"input">, "id" | "name" | "type">;

export function Tick({ name, label, hint, ...rest }: TickProps) {
  const id = useId();
  const fault = useFault(name);
  const said = fault ?? hint;
  return (
    <div className="flex gap-2.5">
      <input
        id={id}
        type="checkbox"
        name={name}
        className="mt-0.5 size-4 shrink-0 accent-accent"
        {...(said ? { "aria-describedby": `${id}-said` } : {})}
        {...rest}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="block font-medium text-sm leading-5">
          {label}
        </label>
        {said ? (
          <p id={`${id}-said`} className={cx("text-xs", fault ? "text-danger" : "text-faint")}>
            {said}
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** Several of a set. */
export function Ticks({ legend, hint, children }: { legend: string; hint?: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">{legend}</legend>
      {hint ? <p className="mb-2 text-faint text-xs">{hint}</p> : null}
      <div className="grid gap-2.5 rounded-xl border border-line bg-card p-3">{children}</div>
    </fieldset>
  );
}
