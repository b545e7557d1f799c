// Where the names of a small graph stand: oneself in the middle, what one is joined to around, the rest behind them.
import type { MemoryGraph } from "./api.ts";

type Node = { name: string; x: number; y: number };
type Edge = { from: Node; to: Node; attribute: string };
type Layout = { width: number; height: number; nodes: Node[]; edges: Edge[] };

const RING = 130;
/** Of the longest name that is written out beside its point. */
const MARGIN = 100;
const MOST = 60;

/** Names by how many steps they are from oneself. */
function rings({ relations }: MemoryGraph): string[][] {
  const seen = new Set([""]);
  const found: string[][] = [[""]];
  for (let ring = found[0]; ring && ring.length > 0; ring = found.at(-1)) {
    const next = new Set<string>();
    for (const { subject, value } of relations) {
      if (ring.includes(subject) && !seen.has(value)) next.add(value);
      if (ring.includes(value) && !seen.has(subject)) next.add(subject);
    }
    for (const name of next) seen.add(name);
    found.push([...next]);
  }
  const loose = new Set(relations.flatMap(({ subject, value }) => [subject, value]).filter((name) => !seen.has(name)));
  return [...found, [...loose]].filter((ring) => ring.length > 0);
}

export function layoutOf(graph: MemoryGraph): Layout {
  const all = rings({ ...graph, relations: graph.relations.slice(0, MOST) });
  const radius = (all.length - 1) * RING;
  const centre = { x: radius + MARGIN, y: radius * 0.62 + 40 };
  const nodes = all.flatMap((ring, distance) =>
    ring.map((name, place) => {
      // Each ring is turned a little, so that no two names stand in one line from the middle.
      const angle = (place / ring.length) * 2 * Math.PI + distance * 0.7 - Math.PI / 2;
      const reach = distance * RING;
      return { name, x: centre.x + reach * Math.cos(angle), y: centre.y + reach * 0.62 * Math.sin(angle) };
    }),
  );
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const edges = graph.relations.slice(0, MOST).flatMap(({ subject, attribute, value }) => {
    const from = byName.get(subject);
    const to = byName.get(value);
    return from && to ? [{ from, to, attribute }] : [];
  });
  return { width: centre.x * 2, height: centre.y * 2, nodes, edges };
}
