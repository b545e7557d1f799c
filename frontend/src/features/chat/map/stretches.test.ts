import { expect, test } from "vitest";
import type { TreeNodeRead } from "#shared/api/schema.d.ts";
import { pathTo, rowFor, stretchesOf } from "./stretches.ts";

function node(id: string, parent_id: string | null): TreeNodeRead {
  const role = id.startsWith("q") ? "user" : "assistant";
  return {
    id,
    parent_id,
    role,
    model: null,
    status: "complete",
    excerpt: id,
    pinned: false,
    created_at: "2026-11-20T10:00:00Z",
  };
}

//   q1 - a1 - q2 - a2
//           \ q3 - a3
//                \ a4
const TREE = [
  node("a4", "q3"),
  node("a3", "q3"),
  node("q3", "a1"),
  node("a2", "q2"),
  node("q2", "a1"),
  node("a1", "q1"),
  node("q1", null),
];

test("messages without a fork between them are one stretch, each after the one that it follows", () => {
  const found = stretchesOf(TREE, pathTo(TREE, "a3"), "a3");
  expect(found.map(({ id, last, count, depth, parent }) => [id, last.id, count, depth, parent])).toEqual([
    ["q1", "a1", 2, 0, null],
    ["q2", "a2", 2, 1, 0],
    ["q3", "q3", 1, 1, 0],
    ["a3", "a3", 1, 2, 2],
    ["a4", "a4", 1, 2, 2],
  ]);
  expect(found.filter(({ shown }) => shown).map(({ id }) => id)).toEqual(["q1", "q3", "a3"]);
  expect(found.find(({ end }) => end)?.id).toBe("a3");
});

test("a part of the tree whose beginning is not read yet stands for itself", () => {
  expect(stretchesOf(TREE.slice(0, 3), new Set(), null).map(({ id, depth }) => [id, depth])).toEqual([
    ["q3", 0],
    ["a3", 1],
    ["a4", 1],
  ]);
});

test("arrows lead down and up the rows, into a fork and back before it", () => {
  const found = stretchesOf(TREE, new Set(), null);
  expect(rowFor("ArrowDown", found, 0, "ltr")).toBe(1);
  expect(rowFor("ArrowUp", found, 0, "ltr")).toBeNull();
  expect(rowFor("ArrowRight", found, 2, "ltr")).toBe(3);
  expect(rowFor("ArrowRight", found, 1, "ltr")).toBeNull();
  expect(rowFor("ArrowLeft", found, 4, "ltr")).toBe(2);
  expect(rowFor("ArrowRight", found, 4, "rtl")).toBe(2);
  expect(rowFor("End", found, 0, "ltr")).toBe(4);
});
