import { expect, test } from "vitest";
import type { TurnEvent } from "#shared/api/types.ts";
import { message } from "#testing/builders.ts";
import { bodyOf, chairOf, emptyDraft, flawsOf } from "./form/panel-draft.ts";
import { actsOf } from "./log/acts.ts";
import { begun, heard, reduceRun } from "./run/panel-run.ts";
import { candidates, completed, mentionAt } from "./stage/mentions.ts";

type Role = NonNullable<Parameters<typeof message>[0]>["speech"] extends infer Speech
  ? NonNullable<Speech> extends { role: infer Name }
    ? Name
    : never
  : never;

function speech(id: string, role: Role, replaced = false) {
  const who = { participant_id: id, handle: id, role, round: 1, why: "", impersonated: null, replaced };
  return message({ id, speech: who });
}

function startedBy(seq: number, id: string): TurnEvent {
  const who = { participant_id: id, handle: id, role: "answer", round: 1, why: "It is their turn." } as const;
  return { seq, name: "speech.started", data: { message_id: id, model: "m", ...who } };
}

const said = (seq: number, id: string, text: string): TurnEvent => ({
  seq,
  name: "text.delta",
  data: { message_id: id, text },
});

test("several speak side by side, each in a message of its own, and a repeated event changes nothing", () => {
  const events = [startedBy(1, "a"), startedBy(2, "b"), said(3, "a", "x"), said(4, "b", "y"), said(5, "a", "z")];
  const run = reduceRun(begun("c", "2026-11-22T10:00:00Z"), [...events, ...events]);
  expect(run.speeches.map((one) => [one.id, one.parts])).toEqual([
    ["a", [{ type: "text", text: "xz" }]],
    ["b", [{ type: "text", text: "y" }]],
  ]);
});

test("what is being said stands where the server keeps it, and what is over is the server's", () => {
  const run = reduceRun(begun("c", ""), [startedBy(1, "a"), said(2, "a", "x"), startedBy(3, "b"), said(4, "b", "y")]);
  const kept = [
    { ...speech("a", "answer"), cost_usd: "0.1" },
    message({ id: "between", role: "user" }),
    { ...speech("b", "answer"), status: "streaming" as const, parts: [] },
  ];
  const shown = heard(kept, run);
  expect(shown.map((one) => one.id)).toEqual(["a", "between", "b"]);
  expect(shown[0]?.cost_usd).toBe("0.1");
  expect(shown[2]?.parts).toEqual([{ type: "text", text: "y" }]);
});

test("a council is one act with its outcome, and a new one begins after it", () => {
  const acts = actsOf([
    message({ id: "q", role: "user" }),
    speech("a", "blind"),
    speech("b", "blind"),
    speech("ra", "review"),
    speech("s", "synthesis"),
    speech("a2", "blind"),
    speech("bid", "bid"),
    speech("old", "answer", true),
  ]);
  expect(acts.map((act) => act.kind)).toEqual(["said", "council", "council", "backstage", "replaced"]);
  expect(acts[1]).toMatchObject({ answers: [{ id: "a" }, { id: "b" }], reviews: [{ id: "ra" }], outcome: { id: "s" } });
});

test("a mention is completed where the caret stands, and an address of e-mail is none", () => {
  const text = "Ask @br about it";
  const mention = mentionAt(text, 7);
  expect(mention?.begun).toBe("br");
  expect(candidates(["Ada", "Bruno"], "br")).toEqual(["Bruno"]);
  expect(mention && completed(text, mention, "Bruno")).toEqual({ text: "Ask @Bruno about it", caret: 10 });
  expect(mentionAt("a@br", 4)).toBeNull();
});

test("a draft says what is wrong with it, and the last of the list leads until somebody is chosen", () => {
  const draft = emptyDraft(["openai/gpt-5", "anthropic/opus"]);
  expect(flawsOf(draft)).toEqual([]);
  expect(chairOf(draft)).toBe("Clio");
  expect(bodyOf(draft)).toMatchObject({ policy: { kind: "council", chair: "Clio" }, limits: { budget_usd: "0.50" } });
  const [first, second] = draft.seats;
  if (!first || !second) throw new Error("three are drafted");
  const wrong = { ...draft, seats: [first, { ...second, handle: "ada" }], budget: "a lot" };
  expect(flawsOf(wrong).map((flaw) => flaw.why)).toEqual(["taken", "budget"]);
  expect(flawsOf({ ...draft, seats: [{ ...first, handle: "human" }] }).map((flaw) => flaw.why)).toEqual([
    "reserved",
    "few",
  ]);
});
