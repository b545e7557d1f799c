import { type ReactNode, useId } from "react";

/** The card of a page for who is not signed in: a heading, and what there is to do. */
export function EntryCard({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-[1.6rem] border border-line bg-card p-6 shadow-lift sm:p-7">
      <h1 id={id} className="mb-4 font-semibold text-lg">
        {title}
      </h1>
      {lead ? <p className="-mt-2 mb-5 text-sm text-soft">{lead}</p> : null}
      {children}
    </section>
  );
}
