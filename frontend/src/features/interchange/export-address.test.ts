import { expect, test } from "vitest";
import { type ExportWish, exportAddress } from "./export-address.ts";

const wish: ExportWish = { format: "markdown", branches: "all", reasoning: true, incomplete: true };

test("one, some and all have addresses of their own", () => {
  expect(exportAddress(["a"], wish)).toBe("/api/v1/conversations/a/export?format=markdown&branches=all");
  expect(exportAddress(["a", "b"], { ...wish, branches: "shown" })).toBe(
    "/api/v1/conversations/export?format=markdown&conversation_id=a&conversation_id=b",
  );
  expect(exportAddress([], { ...wish, format: "json" })).toBe("/api/v1/conversations/export?format=json");
});

test("only lines for fine-tuning are asked for thoughts and broken answers", () => {
  expect(exportAddress([], { ...wish, format: "fine_tuning" })).toBe(
    "/api/v1/conversations/export?format=fine_tuning&branches=all&reasoning=true&incomplete=true",
  );
});
