import { cx } from "#shared/lib/cx.ts";
import type { Tone } from "./badge.tsx";

const FILLS: Record<Tone, string> = {
  good: "fill-accent",
  calm: "fill-faint",
  warn: "fill-bronze",
  bad: "fill-danger-fill",
};

const LEAST = 0.75;

type MeterProps = { label: string; percent: number; held?: number; tone?: Tone; valueText: string };

/** How much of something is used up, `held` of it by what is under way. Beyond the end it is full. */
export function Meter({ label, percent, held = 0, tone = "good", valueText }: MeterProps) {
  const used = Math.min(100, Math.max(0, percent));
  // What is under way is seen however little it is.
  const drawn = used > 0 ? Math.max(used, LEAST) : 0;
  return (
    <div>
      <meter aria-label={label} aria-valuetext={valueText} min={0} max={100} value={used} className="sr-only" />
      <svg
        aria-hidden="true"
        viewBox="0 0 100 2"
        preserveAspectRatio="none"
        className="h-2 w-full rounded-full bg-hover rtl:-scale-x-100"
      >
        <rect width={Math.min(100, drawn + held)} height="2" className={cx(FILLS[tone], "opacity-35")} />
        <rect width={drawn} height="2" className={FILLS[tone]} />
      </svg>
    </div>
  );
}
