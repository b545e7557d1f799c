import { expect, test } from "vitest";
import type { Steps } from "./api.ts";
import { choicesOf, withStep } from "./choices.ts";

const NONE: Steps = { titles: null, intent: null, references: null, clarifying: null, recap_every: null };

test("one step is set, the others stay with the organisation, and null gives it back", () => {
  const set = withStep(NONE, "recap_every", "10");
  expect(set).toEqual({ ...NONE, recap_every: 10 });
  expect(withStep(set, "clarifying", "false")).toEqual({ ...NONE, recap_every: 10, clarifying: false });
  expect(withStep(set, "recap_every", "")).toEqual(NONE);
});

test("a number of answers that somebody else set is among those to choose", () => {
  expect(choicesOf("recap_every", 7)).toEqual([0, 5, 7, 10, 20, 50]);
});
