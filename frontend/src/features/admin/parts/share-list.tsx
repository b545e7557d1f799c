import type { ReactNode } from "react";
import { cx } from "#shared/lib/cx.ts";

export type Share = { id: string; name: string; value: number; shown: ReactNode; note?: string };

/** The largest of a whole, each with a bar of its size beside the others. A list, so that it is read as one, too. */
export function ShareList({ label, shares, mono }: { label: string; shares: readonly Share[]; mono?: boolean }) {
  const most = Math.max(...shares.map((share) => share.value), 0);
  return (
    <ul aria-label={label} className="space-y-2.5">
      {shares.map((share) => (
        <li key={share.id} className="text-sm">
          <div className="flex items-baseline justify-between gap-3">
            <span className={cx("min-w-0 truncate", mono && "font-mono text-[0.8125rem]")} title={share.name}>
              {share.name}
            </span>
            <span className="shrink-0 tabular-nums">{share.shown}</span>
          </div>
          <svg
            aria-hidden="true"
            viewBox="0 0 100 2"
            preserveAspectRatio="none"
            className="mt-1 h-1.5 w-full rounded-full bg-hover rtl:-scale-x-100"
          >
            <rect width={most > 0 ? (share.value / most) * 100 : 0} height="2" className="fill-accent opacity-75" />
          </svg>
          {share.note ? <p className="mt-0.5 text-faint text-xs">{share.note}</p> : null}
        </li>
      ))}
    </ul>
  );
}
