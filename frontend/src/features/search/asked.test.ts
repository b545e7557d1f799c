import { expect, test } from "vitest";
import { askedOf, queryOf } from "./asked.ts";

test("only what can be searched for is read out of an address", () => {
  expect(
    askedOf({ q: 2026, role: "robot", folder: "x", from: "2026-13-99", to: "2026-11-22", tag: "", other: "y" }),
  ).toEqual({
    q: "2026",
    to: "2026-11-22",
  });
});

test("a last day counts to its end, where the reader is", () => {
  const { from, to } = queryOf({ q: "x", from: "2026-11-22", to: "2026-11-22" });
  expect(Date.parse(to ?? "") - Date.parse(from ?? "")).toBe(24 * 3_600_000 - 1);
});
