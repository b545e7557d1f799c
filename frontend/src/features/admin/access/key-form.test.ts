import { expect, test } from "vitest";
import { dayOf } from "#features/admin/parts/reading.ts";
import type { ApiKeyRead } from "#shared/api/schema.d.ts";
import { bonds } from "./key-form.tsx";

function fields(expires_at: string): FormData {
  const data = new FormData();
  data.set("expires_at", expires_at);
  return data;
}

test("a key whose end is left alone keeps it to the second, also one that has ended", () => {
  const apiKey = { expires_at: "2026-11-30T10:00:00Z" } as ApiKeyRead;
  expect(bonds(fields(dayOf(apiKey.expires_at)), apiKey)).not.toHaveProperty("expires_at");
  expect(bonds(fields(""), apiKey).expires_at).toBeNull();
  expect(bonds(fields("2030-01-02"), apiKey).expires_at).toBe(new Date("2030-01-02T23:59:59").toISOString());
});

test("a key without an end stays so, and a new one gets its end from the field", () => {
  expect(bonds(fields(""), { expires_at: null } as ApiKeyRead)).not.toHaveProperty("expires_at");
  expect(bonds(fields("")).expires_at).toBeNull();
});
