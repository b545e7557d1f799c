import { expect, test } from "vitest";
import { verifyTrail } from "./verify.ts";
import TRAIL from "./verify-trail.test.jsonl?raw";

// The beginning of a server's trail, as it exports it.
const KEY = "469a17162d6db96181a076dee3603a94d2e61615132abeffba9afe0c52697aa6";

test("a trail as it was written is proved, up to where the server signed it", async () => {
  expect(await verifyTrail(TRAIL, [KEY])).toMatchObject({ entries: 3, brokenAt: null, signedTo: 1 });
});

test("a changed entry, a removed one, and one put in are found", async () => {
  const lines = TRAIL.trim().split("\n");
  expect(await verifyTrail(TRAIL.replace("127.0.0.1", "127.0.0.2"), [KEY])).toMatchObject({ brokenAt: 1 });
  expect(await verifyTrail(lines.toSpliced(1, 1).join("\n"), [KEY])).toMatchObject({ brokenAt: 3 });
  expect(await verifyTrail(lines.toSpliced(1, 0, lines[1] ?? "").join("\n"), [KEY])).toMatchObject({ brokenAt: 2 });
});

test("what somebody else signed proves nothing", async () => {
  expect(await verifyTrail(TRAIL, ["00".repeat(32)])).toMatchObject({ signedTo: 0, brokenAt: null });
});
