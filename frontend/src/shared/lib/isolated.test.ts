import { expect, test } from "vitest";
import { isolated } from "./isolated.ts";

test.each([
  ["Ada", "Ada"],
  ["עדה", "עדה"],
  ["\u202egnp.exe", "\u2068\u202egnp.exe\u2069"],
  ["\u2069\u202ea\u2066b", "\u2068\u202eab\u2069"],
])("%j turns nothing but itself", (text, shown) => {
  expect(isolated(text)).toBe(shown);
});
