import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";

type PageProps = { title: string; lead: string; actions?: ReactNode; children: ReactNode };

/** A page of the admin area: what it is about, what can be begun here, and the work itself. */
export function Page({ title, lead, actions, children }: PageProps) {
  const { t } = useTranslation();
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-5 pb-16 sm:px-6 lg:px-8 lg:pt-7">
      <title>{`${title} · ${t("app.name")}`}</title>
      <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-2xl flex-1 basis-72">
          <h1 className="font-display text-[1.625rem] leading-tight tracking-[-0.01em]">{title}</h1>
          <p className="mt-1 text-pretty text-sm text-soft">{lead}</p>
        </div>
        {actions ? <div className="flex max-w-full shrink-0 flex-wrap gap-2">{actions}</div> : null}
      </header>
      <div className="space-y-4">{children}</div>
    </div>
  );
}

type CardProps = {
  title?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Where it is led to from elsewhere on its page. */
  id?: string;
};

/** One matter of a page. */
export function Card({ title, lead, actions, children, className, id }: CardProps) {
  return (
    <section
      {...(title ? { "aria-label": title } : {})}
      {...(id ? { id, tabIndex: -1 } : {})}
      className={`min-w-0 scroll-mt-4 outline-none rounded-2xl border border-line bg-card p-4 sm:p-5 ${className ?? ""}`}
    >
      {title ? (
        <div className="not-has-[~:not(:empty)]:mb-0 mb-3 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <div className="min-w-0 flex-1 basis-56">
            <h2 className="font-semibold text-[0.9375rem]">{title}</h2>
            {lead ? <p className="text-pretty text-sm text-soft">{lead}</p> : null}
          </div>
          {actions}
        </div>
      ) : null}
      {children}
    </section>
  );
}

/** What could not be loaded, and the way to try again. */
export function LoadProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return <ProblemNote error={asApiError(error)} action={<Button onClick={onRetry}>{t("app.retry")}</Button>} />;
}

/** The shape of what is being loaded. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-busy="true" className="animate-late space-y-2.5">
      <span className="sr-only">{t("app.loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={`row-${row.toString()}`} className="h-8 animate-pulse rounded-lg bg-hover" />
      ))}
    </div>
  );
}

type EmptyProps = { title: string; text: string; action?: ReactNode };

/** Nothing yet: what this is for, and the first step. */
export function Empty({ title, text, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-2xl border border-line border-dashed bg-card px-5 py-7 sm:px-8">
      <div className="max-w-prose">
        <h2 className="font-display text-lg">{title}</h2>
        <p className="mt-1 text-sm text-soft">{text}</p>
      </div>
      {action}
    </div>
  );
}
