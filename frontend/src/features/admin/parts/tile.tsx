import type { ReactNode } from "react";
import { cx } from "#shared/lib/cx.ts";

type TileProps = { name: string; value: ReactNode; note?: string; isBad?: boolean };

/** One figure, large. */
export function Tile({ name, value, note, isBad = false }: TileProps) {
  return (
    <div className="min-w-0 rounded-2xl border border-line bg-card px-4 py-3.5">
      <p className="text-soft text-xs">{name}</p>
      <p className="mt-1 font-display text-lg leading-tight tabular-nums sm:text-2xl">{value}</p>
      {note ? <p className={cx("mt-1 text-xs", isBad ? "font-medium text-danger" : "text-faint")}>{note}</p> : null}
    </div>
  );
}
