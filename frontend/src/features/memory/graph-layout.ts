// Where the names of a small graph stand: oneself in the middle, what one is joined to around, the rest behind them.
import type { MemoryGraph } from "./api.ts";

/** A name above its point keeps clear of the line that comes to it from below. */
type Node = { name: string; x: number; y: number; isAbove: boolean };
type Edge = { from: Node; to: Node; attribute: string };
type Layout = { width: number; height: number; nodes: Node[]; edges: Edge[] };

const RING = 105;
/** Of the longest name that is written out beside its point. */
const MARGIN = 70;
const MOST = 60;
/** Wider than high, as the page is. */
const FLAT = 0.7;
/** Between two names behind the same one. */
const NEAR = 0.45;

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

type Seat = { ring: readonly string[]; place: number; distance: number };

/** The first ring is divided evenly; further out, names stand behind what they are joined to. */
function angleOf(name: string, { ring, place, distance }: Seat, graph: MemoryGraph, known: Map<string, number>) {
  if (distance < 2) return (place / ring.length) * 2 * Math.PI - Math.PI / 3;
  const joined = graph.relations.flatMap(({ subject, value }) =>
    subject === name ? [value] : value === name ? [subject] : [],
  );
  const near = joined.map((one) => known.get(one)).find((angle) => angle !== undefined);
  if (near === undefined) return (place / ring.length) * 2 * Math.PI + Math.PI / 2;
  const beside = ring.slice(0, place).filter((other) => Math.abs((known.get(other) ?? 9) - near) < NEAR * 1.5).length;
  return near + (beside % 2 === 0 ? beside / 2 : -(beside + 1) / 2) * NEAR;
}

export function layoutOf(graph: MemoryGraph): Layout {
  const all = rings({ ...graph, relations: graph.relations.slice(0, MOST) });
  const radius = (all.length - 1) * RING;
  const centre = { x: radius + MARGIN, y: radius * FLAT + 40 };
  const angles = new Map<string, number>();
  const nodes = all.flatMap((ring, distance) =>
    ring.map((name, place) => {
      const angle = angleOf(name, { ring, place, distance }, graph, angles);
      angles.set(name, angle);
      const reach = distance * RING;
      const x = centre.x + reach * Math.cos(angle);
      const rise = reach * FLAT * Math.sin(angle);
      return { name, x, y: centre.y + rise, isAbove: rise < 0 };
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
