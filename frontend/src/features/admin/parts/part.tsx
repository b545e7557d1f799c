import { type ReactNode, useId } from "react";

type PartProps = { title: string; lead?: string; children: ReactNode };

/** One matter of a drawer, below the others. */
export function Part({ title, lead, children }: PartProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-line border-t pt-4">
      <h3 id={id} className="font-semibold text-sm">
        {title}
      </h3>
      {lead ? <p className="mt-0.5 text-sm text-soft">{lead}</p> : null}
      <div className="mt-3">{children}</div>
    </section>
  );
}
