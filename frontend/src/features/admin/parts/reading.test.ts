import { expect, test } from "vitest";
import { amount, dayOf, decimalOrNull, endOfDayOrNull, lines, percents, shareOrNull, wholeOrNull } from "./reading.ts";

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
  ["1,000", "1,000"],
  ["0,125", 0.125],
])("a number is read as it is written, and what is none is left to the server: %j", (value, found) => {
  expect(decimalOrNull(said(value), "field")).toBe(found);
});

test("a share is written in percent", () => {
  expect(["2,5", "0", "", "some"].map((value) => shareOrNull(said(value), "field"))).toEqual([0.025, 0, null, "some"]);
});

test("a whole number is none with a comma", () => {
  expect(["12", "1,5", ""].map((value) => wholeOrNull(said(value), "field"))).toEqual([12, "1,5", null]);
});

test.each([
  ["25.00", "25.00"],
  ["25,50", "25.50"],
  ["1,000", "1,000"],
  ["much", "much"],
])("an amount keeps its digits, and is never made a thousand times smaller: %j", (value, found) => {
  expect(amount(said(value), "field")).toBe(found);
});

test("percentages stand in a line with anything between them", () => {
  const found = ["80, 100", "80 100", "80;100 %", "half", ""].map((value) => percents(said(value), "field"));
  expect(found).toEqual([[80, 100], [80, 100], [80, 100], ["half"], []]);
});

test("lines end with a line or a comma", () => {
  expect(lines(said("a, b\n\n c "), "field")).toEqual(["a", "b", "c"]);
});

test("a moment is shown on the reader's day, and a day ends with it", () => {
  const end = endOfDayOrNull(said("2026-11-30"), "field");
  expect(dayOf(end)).toBe("2026-11-30");
  expect([dayOf(null), endOfDayOrNull(said(""), "field")]).toEqual(["", null]);
});
