import { expect, test } from "vitest";
import type { HitRead } from "#shared/api/schema.d.ts";
import { byConversation, pieces, unmarked } from "./found.ts";

function hit(conversation_id: string, kind: HitRead["kind"], message_id: string | null): HitRead {
  const snippet = { text: "text", marks: [], begins: 0, is_cut: false };
  const at = "2026-11-22T10:00:00Z";
  return {
    conversation_id,
    kind,
    message_id,
    title: conversation_id,
    role: "user",
    model: null,
    created_at: at,
    snippet,
  };
}

test("hits stand with their conversation, in the order of the best of each", () => {
  const found = byConversation([hit("b", "message", "1"), hit("a", "title", null), hit("b", "message", "2")]);
  expect(found.map((one) => [one.id, one.hits.length, one.titleHit !== null])).toEqual([
    ["b", 2, false],
    ["a", 0, true],
  ]);
});

test("marks fall on whole characters, also behind those that are two halves", () => {
  const cut = pieces({ text: "🚀🚀 fly away", marks: [{ begin: 3, end: 6 }], begins: 0, is_cut: false });
  expect(cut.map(({ text, marked }) => [text, marked])).toEqual([
    ["🚀🚀 ", false],
    ["fly", true],
    [" away", false],
  ]);
});

test("an answer is shown as it reads, without what marks it up", () => {
  const text = "# A lesson\nSome **bold** and `code`.\n| Name | Sum |\n|---|---|\n| one | 1 |\nsnake_case * 2";
  expect(unmarked(text)).toBe("A lesson\nSome bold and code. · Name · Sum · one · 1 · snake_case * 2");
});
