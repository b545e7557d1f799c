import { expect, test } from "vitest";
import { dayOf, decimalOrNull, endOfDayOrNull, lines, shareOrNull, wholeOrNull } from "./reading.ts";

function said(value: string): FormData {
  const data = new FormData();
  data.set("field", value);
  return data;
}

test.each([
  ["1.5", 1.5],
  ["1,5", 1.5],
  [" 7 ", 7],
  ["", null],
  ["a few", "a few"],
])("a number is read as it is written, and what is none is left to the server: %j", (value, found) => {
  expect(decimalOrNull(said(value), "field")).toBe(found);
});

test("a share is written in percent", () => {
  expect(["2,5", "0", "", "some"].map((value) => shareOrNull(said(value), "field"))).toEqual([0.025, 0, null, "some"]);
});

test("a whole number is none with a comma", () => {
  expect(["12", "1,5", ""].map((value) => wholeOrNull(said(value), "field"))).toEqual([12, "1,5", null]);
});

test("lines end with a line or a comma", () => {
  expect(lines(said("a, b\n\n c "), "field")).toEqual(["a", "b", "c"]);
});

test("a moment is shown on the reader's day, and a day ends with it", () => {
  const end = endOfDayOrNull(said("2026-11-30"), "field");
  expect(dayOf(end)).toBe("2026-11-30");
  expect([dayOf(null), endOfDayOrNull(said(""), "field")]).toEqual(["", null]);
});
