import { expect, test } from "vitest";
import { aroundName, aroundText, meets } from "./graph-labels.ts";
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

test.each([
  [
    "many around oneself",
    Array.from({ length: 60 }, (_, at) => relation("", "a friend since", `Somebody called ${at}`)),
  ],
  ["a chain", Array.from({ length: 60 }, (_, at) => relation(at ? `Name ${at}` : "", "next", `Name ${at + 1}`))],
  [
    "many behind one",
    Array.from({ length: 40 }, (_, at) => relation("Eva", `attribute ${at}`, `${"Value ".repeat(9)}${at}`)),
  ],
  [
    "wide signs",
    Array.from({ length: 30 }, (_, at) => relation(at % 3 ? "東京" : "", "住所", `東京都千代田区丸の内${at}`)),
  ],
])("of %s no two labels stand on each other", (_name, relations) => {
  const { nodes, edges, width, height } = layoutOf({ entities: [], relations });
  const written = edges.flatMap(({ label }) => (label ? [label] : []));
  expect(written.length).toBeGreaterThan(5);
  const boxes = [...nodes.map(aroundName), ...written.map((one) => aroundText(one.text, one))];
  for (const [at, box] of boxes.entries()) {
    expect(boxes.slice(at + 1).some((other) => meets(box, other))).toBe(false);
    expect([box.left >= 0, box.right <= width, box.top >= 0, box.bottom <= height]).toEqual([true, true, true, true]);
  }
});
