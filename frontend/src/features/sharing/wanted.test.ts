import { expect, test } from "vitest";
import { bodyOf, choicesOfDays, endsOf, KINDS, toggled, usual } from "./wanted.ts";

const POLICY = { audience: "anybody", longest_days: 365, copies: true } as const;

test("a link is open for a month, or as long as the organisation lets it", () => {
  expect(usual(POLICY).days).toBe(30);
  expect(usual({ ...POLICY, longest_days: 10 }).days).toBe(10);
  expect(choicesOfDays(10)).toEqual([1, 7, 10]);
  expect(choicesOfDays(1)).toEqual([1]);
  expect(choicesOfDays(3650)).toEqual([1, 7, 30, 90, 365]);
});

test("what is not shown is left out, and thoughts, attachments and costs are not shown unless somebody says so", () => {
  const body = bodyOf(usual(POLICY), Date.parse("2030-01-01T00:05:00Z"));
  expect(body).toEqual({
    audience: "organisation",
    expires_at: "2030-01-31T00:00:00.000Z",
    left_out: ["attachments", "thinking", "tool_results", "system_prompt", "costs"],
    masked: true,
  });
  const everything = KINDS.reduce(
    (wanted, kind) => (wanted.shown.includes(kind) ? wanted : toggled(wanted, kind)),
    usual(POLICY),
  );
  expect(bodyOf(everything, 0).left_out).toEqual([]);
});

test("results of tools are shown with their calls, never without", () => {
  const none = toggled(usual(POLICY), "tool_calls");
  const results = toggled(none, "tool_results");
  expect(results.shown).toContain("tool_calls");
  expect(toggled(results, "tool_calls").shown).not.toContain("tool_results");
});

test("a link may end later, but never after what the organisation lets it last", () => {
  const now = Date.parse("2026-01-11T00:00:00Z");
  const made = { created_at: "2026-01-01T00:00:00Z" };
  expect(endsOf(made, 20, now).map((end) => end.days)).toEqual([1, 7, 10]);
  expect(endsOf(made, 10, now)).toEqual([]);
});
