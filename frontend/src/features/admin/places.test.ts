import { expect, test } from "vitest";
import { offered, placeOf } from "./places.ts";

function paths(permissions: readonly string[]): string[] {
  return offered(permissions).flatMap(({ places }) => places.map(({ path }) => path));
}

test("a page is offered to whom it is for, and to nobody else", () => {
  expect(paths(["chat", "models:read", "keys:own"])).not.toContain("/admin/limits");
  expect(paths(["chat", "models:read", "keys:own"])).toContain("/admin/usage");
  expect(paths(["policies:manage"])).toContain("/admin/limits");
  expect(paths(["billing", "budgets:manage"])).toContain("/admin");
});

test("an address that is not for its reader is told apart from one that is", () => {
  expect(placeOf("/admin/limits", ["chat"]).isOwn).toBe(false);
  expect(placeOf("/admin/limits/", ["policies:manage"])).toMatchObject({ isOwn: true, place: { id: "limits" } });
  expect(placeOf("/admin", ["chat"]).isOwn).toBe(false);
});
