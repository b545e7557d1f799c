// The shape of a conversation: stretches without a fork, as a tree in the order in which it is drawn. Pure.
import type { TreeNodeRead } from "#shared/api/schema.d.ts";

/** Messages that follow one another with no other version beside any but the first. */
export type Stretch = {
  id: string;
  first: TreeNodeRead;
  last: TreeNodeRead;
  count: number;
  /** How many forks lie before it. */
  depth: number;
  /** The row of the stretch that it follows; null of one that begins the conversation. */
  parent: number | null;
  children: number;
  /** Whether it is on the branch that is shown. */
  shown: boolean;
  /** Whether the branch that is shown ends in it. */
  end: boolean;
};

type Place = { start: TreeNodeRead; depth: number; parent: number | null };

function childrenOf(nodes: readonly TreeNodeRead[]): Map<string | null, TreeNodeRead[]> {
  const known = new Set(nodes.map((node) => node.id));
  const children = new Map<string | null, TreeNodeRead[]>();
  for (const node of nodes) {
    // What a part of the tree hangs on may not be read yet.
    const parent = node.parent_id && known.has(node.parent_id) ? node.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  for (const group of children.values()) group.sort((one, other) => one.id.localeCompare(other.id));
  return children;
}

/** All stretches, each after the one that it follows. `shown` are the messages of the branch that is shown. */
export function stretchesOf(
  nodes: readonly TreeNodeRead[],
  shown: ReadonlySet<string>,
  endId: string | null,
): Stretch[] {
  const children = childrenOf(nodes);
  const stretches: Stretch[] = [];
  const waiting: Place[] = (children.get(null) ?? []).map((start) => ({ start, depth: 0, parent: null })).reverse();
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    const { start, depth, parent } = place;
    let last = start;
    let count = 1;
    let end = start.id === endId;
    let following = children.get(last.id) ?? [];
    for (let [only] = following; following.length === 1 && only; [only] = following) {
      last = only;
      count += 1;
      end ||= only.id === endId;
      following = children.get(only.id) ?? [];
    }
    const row = stretches.length;
    stretches.push({
      id: start.id,
      first: start,
      last,
      count,
      depth,
      parent,
      children: following.length,
      shown: shown.has(start.id),
      end,
    });
    waiting.push(...following.map((next) => ({ start: next, depth: depth + 1, parent: row })).reverse());
  }
  return stretches;
}

/** The messages from the root to one of them. */
export function pathTo(nodes: readonly TreeNodeRead[], id: string | null): ReadonlySet<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const path = new Set<string>();
  for (
    let at = id ? byId.get(id) : undefined;
    at && !path.has(at.id);
    at = at.parent_id ? byId.get(at.parent_id) : undefined
  ) {
    path.add(at.id);
  }
  return path;
}

/** The row to which a key leads from another; null where it leads nowhere. */
export function rowFor(key: string, stretches: readonly Stretch[], row: number, reading: "ltr" | "rtl"): number | null {
  const at = stretches[row];
  const rows: Record<string, number | null | undefined> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    Home: 0,
    End: stretches.length - 1,
    [reading === "rtl" ? "ArrowRight" : "ArrowLeft"]: at?.parent,
    [reading === "rtl" ? "ArrowLeft" : "ArrowRight"]: at && at.children > 0 ? row + 1 : null,
  };
  const next = rows[key] ?? null;
  return next !== null && stretches[next] ? next : null;
}
