import { expect, test } from "vitest";
import { conversation } from "#testing/builders.ts";
import { byDay, groupKey } from "./by-day.ts";

const NOW = new Date(2026, 10, 20, 9, 30);

function groupsAt(...dates: Date[]): string[] {
  const conversations = dates.map((date, at) => conversation({ id: String(at), updated_at: date.toISOString() }));
  return byDay(conversations, NOW).map((group) => `${groupKey(group.label)}:${group.conversations.length}`);
}

test("a day begins at midnight, not a day's length ago", () => {
  expect(groupsAt(new Date(2026, 10, 20, 0, 1), new Date(2026, 10, 19, 23, 59))).toEqual(["today:1", "yesterday:1"]);
});

test("the week before is one group, and what is older stands by month and year", () => {
  const dates = [new Date(2026, 10, 18), new Date(2026, 10, 13), new Date(2026, 10, 12), new Date(2025, 10, 12)];
  expect(groupsAt(...dates)).toEqual(["week:2", "2026-10:1", "2025-10:1"]);
});

test("a clock that runs ahead still says today", () => {
  expect(groupsAt(new Date(2026, 10, 21, 1))).toEqual(["today:1"]);
});
