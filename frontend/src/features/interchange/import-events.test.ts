import { expect, test } from "vitest";
import { parse } from "./import-events.ts";

const PROGRESS = 'event: import.progress\ndata: {"made":1}\n\n';

test("events are read as soon as they are whole, and half ones later", () => {
  const text = `: keep-alive\n\n${PROGRESS}event: import.fin`;
  const { events, consumed } = parse(text);
  expect(events).toEqual([{ name: "import.progress", data: { made: 1 } }]);
  expect(text.slice(consumed)).toBe("event: import.fin");
  expect(parse(text.slice(consumed))).toEqual({ events: [], consumed: 0 });
});
