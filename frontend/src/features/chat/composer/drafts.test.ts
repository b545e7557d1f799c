import { expect, test } from "vitest";
import { clearDraft, draftsOf, forgetDrafts, readDraft, restoreDraft, writeDraft } from "./drafts.ts";

test("each conversation keeps its own draft", () => {
  writeDraft("a", { text: "one", images: [] });
  writeDraft("b", { text: "two", images: [] });
  expect([readDraft("a").text, readDraft("b").text]).toEqual(["one", "two"]);
});

test("each user keeps their own, and finds them again", () => {
  draftsOf("ada in one organisation");
  writeDraft("a", { text: "here", images: [] });
  draftsOf("ada in another");
  expect(readDraft("a").text).toBe("");
  writeDraft("a", { text: "there", images: [] });
  draftsOf("ada in one organisation");
  expect(readDraft("a").text).toBe("here");
});

test("an unsent message stands before what was written since", () => {
  clearDraft("a");
  writeDraft("a", { text: "since", images: [] });
  restoreDraft("a", { text: "unsent", images: ["data:image/png;base64,AA"] });
  expect(readDraft("a")).toEqual({ text: "unsent\nsince", images: ["data:image/png;base64,AA"] });
});

test("leaving the machine forgets every draft and nothing else", () => {
  draftsOf("ada");
  writeDraft("a", { text: "one", images: [] });
  writeDraft("b", { text: "two", images: [] });
  localStorage.setItem("chimera.theme", "dark");
  forgetDrafts();
  expect(readDraft("a").text).toBe("");
  expect(localStorage.getItem("chimera.draft.ada.b")).toBeNull();
  expect(localStorage.getItem("chimera.theme")).toBe("dark");
});
