import { expect, test } from "vitest";
import { layoutOf } from "./graph-layout.ts";

function relation(subject: string, attribute: string, value: string) {
  return { subject, attribute, value, memory_id: `${subject}-${value}`, valid_from: "2026-11-22T10:00:00Z" };
}

test("oneself stands in the middle, each name once, and what is joined to nobody known stands outside", () => {
  const graph = {
    entities: [],
    relations: [
      relation("", "home", "Porto"),
      relation("", "sister", "Eva"),
      relation("Eva", "employer", "Siemens"),
      relation("Rex", "breed", "Collie"),
    ],
  };
  const { nodes, edges, width, height } = layoutOf(graph);
  expect(nodes.map((node) => node.name)).toEqual(["", "Porto", "Eva", "Siemens", "Rex", "Collie"]);
  expect(nodes[0]).toMatchObject({ x: width / 2, y: height / 2 });
  expect(edges).toHaveLength(4);
  for (const { x, y } of nodes) expect([x > 0 && x < width, y > 0 && y < height]).toEqual([true, true]);
});
