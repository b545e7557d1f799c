import { type ReactNode, useId } from "react";

type SectionProps = { title: string; lead: ReactNode; action?: ReactNode; children?: ReactNode };

/** One matter of the page: its heading, how it stands, and what can be done. */
export function Section({ title, lead, action, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-card border border-line bg-card p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-5 gap-y-3">
        <div className="min-w-0 flex-1 basis-56">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          <p className="mt-0.5 break-words text-sm text-soft">{lead}</p>
        </div>
        {action ? <div className="flex flex-wrap gap-2">{action}</div> : null}
      </div>
      {children}
    </section>
  );
}
