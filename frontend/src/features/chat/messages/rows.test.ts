import { expect, test } from "vitest";
import type { LiveTurn } from "#features/chat/turns/live-turns.ts";
import { sentMessage } from "#features/chat/turns/sent-message.ts";
import { reduceAll, UNSTARTED } from "#features/chat/turns/turn.ts";
import { message, said, started } from "#testing/builders.ts";
import { rowsOf } from "./rows.ts";

const sent = sentMessage({ text: "Question", images: [] }, "conversation-1");

function live(fields: Partial<LiveTurn> = {}): LiveTurn {
  return { turn: UNSTARTED, sent, link: "sending", stopping: false, startedAt: "2026-11-20T10:00:00Z", ...fields };
}

test("what was just sent shows at once, with an empty answer after it", () => {
  const rows = rowsOf([], [live()]);
  expect(rows.map((row) => [row.message.role, row.message.status])).toEqual([
    ["user", "complete"],
    ["assistant", "streaming"],
  ]);
});

test("a question that the server lists already is not shown twice", () => {
  const turn = reduceAll(UNSTARTED, [started(), said(2, "Hi")]);
  const rows = rowsOf([message({ id: "question-1", role: "user" })], [live({ turn })]);
  expect(rows.map((row) => row.message.id)).toEqual(["question-1", "answer-1"]);
});

test("a half-kept answer in the list gives way to the live one", () => {
  const turn = reduceAll(UNSTARTED, [started(), said(2, "Hi")]);
  const kept = message({ id: "answer-1", status: "streaming", parts: [] });
  const rows = rowsOf([kept], [live({ turn, sent: null })]);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.message.parts).toEqual([{ type: "text", text: "Hi" }]);
});

test("a settled message keeps its row, so that it does not render again", () => {
  const kept = message({ id: "old" });
  const before = rowsOf([kept], [live()]);
  const after = rowsOf([kept], [live({ turn: reduceAll(UNSTARTED, [started()]) })]);
  expect(after[0]).toBe(before[0]);
});
