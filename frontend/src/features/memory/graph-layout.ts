// Where the names of a small graph stand: oneself in the middle, what one is joined to around, the rest behind them.
import type { MemoryGraph } from "./api.ts";
import { aroundName, aroundText, type Box, fitted, meets } from "./graph-labels.ts";

/** A name above its point keeps clear of the line that comes to it from below. */
type Node = { name: string; label: string; x: number; y: number; isAbove: boolean };
/** `label` is `null` where there is no room for it; the list beside the drawing says it all. */
type Edge = { from: Node; to: Node; attribute: string; label: { text: string; x: number; y: number } | null };
type Layout = { width: number; height: number; nodes: Node[]; edges: Edge[] };

const RING = 105;
const MARGIN = 12;
const MOST = 60;
/** Wider than high, as the page is. */
const FLAT = 0.7;
/** Between two names behind the same one. */
const NEAR = 0.45;
/** How far a name steps outwards while it would stand on another. */
const STEP = 8;
/** Where along its line a word may stand, the best place first. */
const PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];

/** Names by how many steps they are from oneself. */
function rings(relations: MemoryGraph["relations"]): string[][] {
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
function angleOf(
  name: string,
  { ring, place, distance }: Seat,
  relations: MemoryGraph["relations"],
  known: Map<string, number>,
) {
  if (distance < 2) return (place / ring.length) * 2 * Math.PI - Math.PI / 3;
  const joined = relations.flatMap(({ subject, value }) =>
    subject === name ? [value] : value === name ? [subject] : [],
  );
  const near = joined.map((one) => known.get(one)).find((angle) => angle !== undefined);
  if (near === undefined) return (place / ring.length) * 2 * Math.PI + Math.PI / 2;
  const beside = ring.slice(0, place).filter((other) => Math.abs((known.get(other) ?? 9) - near) < NEAR * 1.5).length;
  return near + (beside % 2 === 0 ? beside / 2 : -(beside + 1) / 2) * NEAR;
}

/** The names around a middle at 0, each moved outwards until it stands on no other. */
function seated(relations: MemoryGraph["relations"]): { nodes: Node[]; taken: Box[] } {
  const angles = new Map<string, number>();
  const nodes: Node[] = [];
  const taken: Box[] = [];
  rings(relations).forEach((ring, distance) => {
    ring.forEach((name, place) => {
      const angle = angleOf(name, { ring, place, distance }, relations, angles);
      angles.set(name, angle);
      const label = fitted(name);
      for (let reach = distance * RING; ; reach += STEP) {
        const y = reach * FLAT * Math.sin(angle);
        const node = { name, label, x: reach * Math.cos(angle), y, isAbove: y < 0 };
        const box = aroundName(node);
        if (taken.some((other) => meets(box, other))) continue;
        nodes.push(node);
        taken.push(box);
        return;
      }
    });
  });
  return { nodes, taken };
}

/** The place of a word on its line where nothing else is written; it is taken from then on. */
function labelOf(attribute: string, from: Node, to: Node, taken: Box[]): Edge["label"] {
  const text = fitted(attribute);
  for (const part of PLACES) {
    const at = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part - 4 };
    const box = aroundText(text, at);
    if (taken.some((other) => meets(box, other))) continue;
    taken.push(box);
    return { text, ...at };
  }
  return null;
}

export function layoutOf(graph: MemoryGraph): Layout {
  const relations = graph.relations.slice(0, MOST);
  const { nodes, taken } = seated(relations);
  const reach = (side: (box: Box) => number[]) => Math.max(...taken.flatMap(side).map(Math.abs)) + MARGIN;
  const centre = { x: reach(({ left, right }) => [left, right]), y: reach(({ top, bottom }) => [top, bottom]) };
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const edges = relations.flatMap(({ subject, attribute, value }) => {
    const from = byName.get(subject);
    const to = byName.get(value);
    return from && to ? [{ from, to, attribute, label: labelOf(attribute, from, to, taken) }] : [];
  });
  const written = edges.flatMap(({ label }) => (label ? [label] : []));
  for (const one of [...nodes, ...written]) {
    one.x += centre.x;
    one.y += centre.y;
  }
  return { width: centre.x * 2, height: centre.y * 2, nodes, edges };
}
