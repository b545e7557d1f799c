import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "#shared/lib/use-figures.ts";
import { type MemoryGraph, memoryGraphQuery } from "./api.ts";
import { nameOffset } from "./graph-labels.ts";
import { layoutOf } from "./graph-layout.ts";

function Drawing({ graph }: { graph: MemoryGraph }) {
  const { t } = useTranslation();
  const { width, height, nodes, edges } = useMemo(() => layoutOf(graph), [graph]);
  return (
    <div className="overflow-x-auto">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        aria-hidden="true"
        className="mx-auto block h-auto w-full text-ink"
        style={{ minWidth: Math.min(width, 420), maxWidth: width * 1.15 }}
      >
        {edges.map(({ from, to, attribute, label }) => (
          <g key={`${from.name}-${attribute}-${to.name}`}>
            <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} className="stroke-line" strokeWidth={1.5} />
            {label ? (
              <text
                x={label.x}
                y={label.y}
                textAnchor="middle"
                className="fill-faint stroke-page text-[10px] [paint-order:stroke]"
                strokeWidth={4}
              >
                {label.text}
              </text>
            ) : null}
          </g>
        ))}
        {nodes.map(({ name, label, x, y, isAbove }) => (
          <g key={name}>
            <circle cx={x} cy={y} r={name ? 6 : 9} className={name ? "fill-bronze" : "fill-accent"} />
            <text
              x={x}
              y={y + nameOffset(isAbove)}
              textAnchor="middle"
              className="fill-ink stroke-page font-medium text-[12px] [paint-order:stroke]"
              strokeWidth={4}
            >
              {label || t("memory.you")}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

/** Who and what one spoke of and how they are joined: drawn, and the same as a list. */
export function EntityGraph() {
  const { t } = useTranslation();
  const { day } = useFigures();
  const graph = useQuery(memoryGraphQuery());
  if (!graph.data || graph.data.relations.length === 0) return null;
  return (
    <section aria-labelledby="memory-graph" className="rounded-card border border-line px-5 py-4">
      <h2 id="memory-graph" className="font-semibold">
        {t("memory.graph")}
      </h2>
      <p className="text-sm text-soft">{t("memory.graphLead")}</p>
      <Drawing graph={graph.data} />
      <details className="mt-2 text-sm">
        <summary className="w-fit cursor-pointer py-1 text-soft hover:text-ink">
          {t("memory.asList", { count: graph.data.relations.length })}
        </summary>
        <ul className="mt-1 space-y-1">
          {graph.data.relations.map((one) => (
            <li key={one.memory_id} className="flex flex-wrap gap-x-2">
              <span className="font-medium">{one.subject || t("memory.you")}</span>
              <span className="text-soft">{one.attribute}</span>
              <span className="font-medium">{one.value}</span>
              <span className="text-faint">{t("memory.since", { date: day(one.valid_from) })}</span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
