import { expect, test } from "vitest";
import { domainOf } from "#shared/api/sign-in-options.ts";
import { startOf } from "./stages.ts";

test("a domain is one only when it is whole", () => {
  expect(domainOf("ada@Example.ORG ")).toBe("example.org");
  for (const email of [
    "",
    "ada",
    "ada@",
    "ada@example",
    "ada@example.o",
    "ada@ex ample.org",
    `a@${"x".repeat(260)}.org`,
  ])
    expect(domainOf(email)).toBeNull();
});

test("a provider leads back to a path of ours that the server takes, or else to the start", () => {
  const back = (next: string) => new URL(startOf("p", next), "http://x").searchParams.get("return_to");
  expect(back("/c/0190-ab")).toBe("/c/0190-ab");
  for (const next of ["//evil.example", "/\\evil.example", "/a b", "https://evil.example", `/${"x".repeat(500)}`])
    expect(back(next)).toBe("/");
});
