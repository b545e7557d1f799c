import { expect, test } from "vitest";
import { conversation } from "#testing/builders.ts";
import { arranged, callsOf, undoing } from "./arranging.ts";

const here = conversation({ id: "here", folder_id: "work", tags: ["Physics"] });
const there = conversation({ id: "there", folder_id: "home", pinned: true });
const too = conversation({ id: "too", folder_id: "home" });

test("what was moved together goes back to where each was", () => {
  expect(undoing([here, there, too], { folder_id: null })).toEqual([
    { conversation_ids: ["here"], folder_id: "work" },
    { conversation_ids: ["there", "too"], folder_id: "home" },
  ]);
});

test("undoing takes off only the tags that were new", () => {
  expect(undoing([here, too], { add_tags: ["physics", "later"] })).toEqual([
    { conversation_ids: ["here"], remove_tags: ["later"] },
    { conversation_ids: ["too"], remove_tags: ["physics", "later"] },
  ]);
  expect(undoing([here, too], { remove_tags: ["PHYSICS"] })).toEqual([
    { conversation_ids: ["here"], add_tags: ["PHYSICS"] },
    { conversation_ids: ["too"], add_tags: [] },
  ]);
});

test("a list shows at once what will be", () => {
  expect(arranged(here, { pinned: true, add_tags: ["physics", "later"] })).toMatchObject({
    pinned: true,
    folder_id: "work",
    tags: ["Physics", "later"],
  });
  expect(arranged(here, { remove_tags: ["physics"] }).tags).toEqual([]);
});

test("more than a hundred are several calls", () => {
  const many = Array.from({ length: 201 }, (_, number) => conversation({ id: String(number) }));
  expect(callsOf(many, { archived: true }).map((call) => call.conversation_ids.length)).toEqual([100, 100, 1]);
});
