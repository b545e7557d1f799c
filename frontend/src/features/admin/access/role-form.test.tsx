import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { AdminContext } from "#features/admin/parts/use-admin.ts";
import type { RoleRead, SessionRead } from "#shared/api/schema.d.ts";
import { platform } from "#testing/platform.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { RoleForm } from "./role-form.tsx";

const ROLE = {
  id: "role-1",
  name: "analyst",
  description: "",
  permissions: ["chat"],
  models: null,
} as unknown as RoleRead;
const SESSION = { permissions: ["roles:manage", "chat"] } as unknown as SessionRead;

test("a role is not saved before it is known what it may hold", async () => {
  const known = { answer: () => undefined as unknown };
  const waiting = new Promise((resolve) => {
    known.answer = () => resolve(undefined);
  });
  const saved = vi.fn();
  platform.use(
    http.get("*/api/v1/permissions", async () => {
      await waiting;
      return HttpResponse.json({ data: [{ name: "chat", meaning: "Chat" }] });
    }),
    http.patch("*/api/v1/roles/role-1", async ({ request }) => {
      saved(await request.json());
      return HttpResponse.json(ROLE);
    }),
  );
  render(
    <AdminContext value={SESSION}>
      <RoleForm role={ROLE} onDone={() => undefined} />
    </AdminContext>,
    { wrapper: TestFrame },
  );
  const save = screen.getByRole<HTMLButtonElement>("button", { name: "Save" });
  expect(save.disabled).toBe(true);
  known.answer();
  await screen.findByRole("checkbox", { name: /chat/ });
  await userEvent.click(save);
  await vi.waitFor(() => expect(saved).toHaveBeenCalledWith(expect.objectContaining({ permissions: ["chat"] })));
});
