import type { ReactNode } from "react";
import { cx } from "#shared/lib/cx.ts";

export type Tone = "good" | "calm" | "warn" | "bad";

const TONES: Record<Tone, string> = {
  good: "bg-accent-wash text-accent",
  calm: "bg-hover text-soft",
  warn: "bg-bronze-wash text-bronze",
  bad: "bg-danger-wash text-danger",
};

/** How something stands, in a word. */
export function Badge({ tone = "calm", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex items-center whitespace-nowrap rounded-md px-1.5 py-0.5 font-medium text-xs",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

const DOTS: Record<Tone, string> = { good: "bg-accent", calm: "bg-faint", warn: "bg-bronze", bad: "bg-danger" };

export function Dot({ tone }: { tone: Tone }) {
  return <span aria-hidden="true" className={cx("inline-block size-2 shrink-0 rounded-full", DOTS[tone])} />;
}
