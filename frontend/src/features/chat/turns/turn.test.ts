import { expect, test } from "vitest";
import type { TurnEvent } from "#shared/api/types.ts";
import { finished, message, problem, said, started } from "#testing/builders.ts";
import { answerOf, reduceAll, reduceTurn, textOf, UNSTARTED } from "./turn.ts";

const AT = "2026-11-20T10:00:00Z";

test("deltas of one kind grow one part, and another kind begins another", () => {
  const thinking: TurnEvent = { seq: 2, name: "thinking.delta", data: { text: "Hm." } };
  const turn = reduceAll(UNSTARTED, [started(), thinking, said(3, "Hel"), said(4, "lo.")]);
  expect(turn.parts).toEqual([
    { type: "thinking", text: "Hm." },
    { type: "text", text: "Hello." },
  ]);
});

test("an event that was seen before changes nothing", () => {
  const turn = reduceAll(UNSTARTED, [started(), said(2, "Hello.")]);
  expect(reduceTurn(turn, said(2, "Hello."))).toBe(turn);
});

test("an event that comes too late changes nothing", () => {
  const turn = reduceAll(UNSTARTED, [started(), said(2, "one "), said(4, "three")]);
  expect(reduceTurn(turn, said(3, "two "))).toBe(turn);
});

test("a whole stream told twice is the same as told once", () => {
  const events = [started(), said(2, "a"), said(3, "b"), finished(4, "ab")];
  expect(reduceAll(UNSTARTED, [...events, ...events])).toEqual(reduceAll(UNSTARTED, events));
});

test("nothing follows the end", () => {
  const turn = reduceAll(UNSTARTED, [started(), finished(2, "Done.")]);
  expect(reduceTurn(turn, said(3, "more"))).toBe(turn);
});

test("pieces of two tool calls find their own call", () => {
  const piece = (seq: number, index: number, args: string): TurnEvent => ({
    seq,
    name: "tool_call.delta",
    data: { index, id: `call-${index}`, name: "search", arguments: args },
  });
  const turn = reduceAll(UNSTARTED, [started(), piece(2, 0, '{"q":'), piece(3, 1, "{}"), piece(4, 0, '"x"}')]);
  expect(turn.parts).toEqual([
    { type: "tool_call", id: "call-0", name: "search", arguments: '{"q":"x"}' },
    { type: "tool_call", id: "call-1", name: "search", arguments: "{}" },
  ]);
});

test("an unfinished answer is a streaming message under the server's id", () => {
  const turn = reduceAll(UNSTARTED, [started(), said(2, "Hel")]);
  expect(answerOf(turn, "conversation-1", AT)).toMatchObject({
    id: "answer-1",
    status: "streaming",
    role: "assistant",
  });
});

test("the finished answer is the server's own, whatever was missed before", () => {
  const turn = reduceAll(UNSTARTED, [started(), finished(9, "The whole answer.")]);
  expect(textOf(answerOf(turn, "conversation-1", AT))).toBe("The whole answer.");
});

test("a failed turn tells why in its message", () => {
  const end: TurnEvent = {
    seq: 2,
    name: "turn.finished",
    data: {
      status: "failed",
      finish_reason: null,
      model: null,
      message: message({ status: "failed" }),
      title: "",
      error: problem("provider_timeout"),
    },
  };
  const answer = answerOf(reduceAll(UNSTARTED, [started(), end]), "conversation-1", AT);
  expect(answer.error?.code).toBe("provider_timeout");
});
