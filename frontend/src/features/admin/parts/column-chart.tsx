import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";

/** `value` is for the eye alone; what is read is `shown`. */
type Point = { id: string; label: string; value: number; shown: string };

type ColumnChartProps = { label: string; unit: string; points: readonly Point[] };

const HEIGHT = 100;
const GAP = 0.24;

/** Columns over time, and the same as a table. */
export function ColumnChart({ label, unit, points }: ColumnChartProps) {
  const { t } = useTranslation();
  const [at, setAt] = useState<number | null>(null);
  const most = Math.max(...points.map((point) => point.value), 0);
  const highest = points.find((point) => point.value === most);
  const pointed = at === null ? null : points[at];
  const told = pointed ?? highest;
  return (
    <figure>
      <figcaption className="mb-2 flex min-h-5 flex-wrap justify-between gap-x-4 text-faint text-xs">
        <span>{unit}</span>
        {told && most > 0 ? (
          <span className="tabular-nums">
            {pointed ? "" : `${t("admin.chart.highest")} `}
            {told.label}: <b className="font-semibold text-ink">{told.shown}</b>
          </span>
        ) : null}
      </figcaption>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${points.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-40 w-full overflow-visible rtl:-scale-x-100"
        onPointerLeave={() => setAt(null)}
      >
        {[0, 0.5, 1].map((line) => (
          <line
            key={line}
            x1={0}
            x2={points.length}
            y1={HEIGHT * line}
            y2={HEIGHT * line}
            vectorEffect="non-scaling-stroke"
            className="stroke-line"
          />
        ))}
        {points.map((point, place) => {
          const height = most > 0 ? Math.max(point.value > 0 ? 1.5 : 0, (point.value / most) * HEIGHT) : 0;
          return (
            <g key={point.id} onPointerEnter={() => setAt(place)}>
              <rect x={place} width={1} height={HEIGHT} className="fill-transparent" />
              <rect
                x={place + GAP / 2}
                y={HEIGHT - height}
                width={1 - GAP}
                height={height}
                className={cx("transition-colors", at === place ? "fill-accent-strong" : "fill-accent opacity-80")}
              />
            </g>
          );
        })}
      </svg>
      <div aria-hidden="true" className="mt-1.5 flex justify-between text-faint text-xs">
        <span>{points[0]?.label}</span>
        {points.length > 4 ? <span>{points[Math.floor(points.length / 2)]?.label}</span> : null}
        {points.length > 1 ? <span>{points.at(-1)?.label}</span> : null}
      </div>
      <AsTable label={label} head={[t("admin.chart.when"), unit]} rows={points.map((p) => [p.id, p.label, p.shown])} />
    </figure>
  );
}

type AsTableProps = {
  label: string;
  head: readonly [string, string];
  rows: readonly (readonly [string, string, string])[];
};

/** A drawing's equal for who reads it otherwise. */
function AsTable({ label, head, rows }: AsTableProps) {
  const { t } = useTranslation();
  return (
    <details className="mt-2 text-xs">
      <summary className="w-fit cursor-pointer rounded-md text-soft hover:text-ink">{t("admin.chart.asTable")}</summary>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached.
        tabIndex={0}
        className="mt-2 max-h-64 overflow-y-auto rounded-xl border border-line"
      >
        <table aria-label={label} className="w-full">
          <thead>
            <tr className="border-line border-b text-faint">
              <th scope="col" className="px-3 py-1.5 text-start font-medium">
                {head[0]}
              </th>
              <th scope="col" className="px-3 py-1.5 text-end font-medium">
                {head[1]}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([id, name, shown]) => (
              <tr key={id} className="border-line border-b last:border-b-0">
                <th scope="row" className="px-3 py-1 text-start font-normal">
                  {name}
                </th>
                <td className="px-3 py-1 text-end tabular-nums">{shown}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
