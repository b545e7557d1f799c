import { expect, test } from "vitest";
import { sorted } from "./sorting.ts";

function inOrder(values: readonly (string | number)[], isDown = false): (string | number)[] {
  return sorted(values, (value) => value, { column: "", isDown });
}

test("amounts are put in order as decimals, digit by digit", () => {
  expect(inOrder(["10.00", "9.99", "0.000000002", "0.000000001", "-1.5", "-12.00", "9.990000001"])).toEqual([
    "-12.00",
    "-1.5",
    "0.000000001",
    "0.000000002",
    "9.99",
    "9.990000001",
    "10.00",
  ]);
  // As floats these two would be one.
  expect(inOrder(["9007199254740993.000000002", "9007199254740993.000000001"])).toEqual([
    "9007199254740993.000000001",
    "9007199254740993.000000002",
  ]);
});

test("names are put in order as readers have them, numbers by size", () => {
  expect(inOrder(["openai", "Äpfel", "anthropic"])).toEqual(["anthropic", "Äpfel", "openai"]);
  expect(inOrder([2, 10, 1], true)).toEqual([10, 2, 1]);
});
