import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { problem } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { PasskeysSection } from "./passkeys-section.tsx";
import { ProofProvider } from "./proof.tsx";

const passkey = {
  id: "p1",
  name: "The grey laptop",
  backed_up: false,
  created_at: "2026-11-20T10:00:00Z",
  last_used_at: null,
};

/** A server that removes passkeys only after the right password; it notes what is asked of it. */
function show(): string[] {
  const asked: string[] = [];
  let proven = false;
  platform.use(
    http.delete("*/api/v1/passkeys/p1", () => {
      asked.push("remove");
      return proven
        ? new HttpResponse(null, { status: 204 })
        : HttpResponse.json(problem("proof_needed"), { status: 403 });
    }),
    http.post("*/api/v1/session/proof", async ({ request }) => {
      const { password } = (await request.json()) as { password: string };
      asked.push(password);
      proven = password === "right";
      return proven
        ? new HttpResponse(null, { status: 204 })
        : HttpResponse.json(problem("invalid_credentials"), { status: 401 });
    }),
  );
  render(
    <ProofProvider email="ada@example.org">
      <PasskeysSection passkeys={[passkey]} />
    </ProofProvider>,
    { wrapper: TestFrame },
  );
  return asked;
}

async function remove() {
  await userEvent.click(screen.getByRole("button", { name: "Remove “The grey laptop”" }));
  await userEvent.click(screen.getByRole("button", { name: "Remove" }));
  return screen.findByRole("dialog", { name: "Is it you?" });
}

test("what wants a fresh proof asks for the password, again if it is wrong, and is done then", async () => {
  const asked = show();
  await remove();
  const field = screen.getByLabelText("Password");
  expect(document.activeElement).toBe(field);
  await userEvent.type(field, "wrong{Enter}");
  expect(await screen.findByText("This is not your password.")).toBeDefined();
  await userEvent.clear(field);
  await userEvent.type(field, "right{Enter}");
  expect(await screen.findByText("Passkey removed")).toBeDefined();
  expect(asked).toEqual(["remove", "wrong", "right", "remove"]);
});

test("a proof that is given up changes nothing and is no error", async () => {
  const asked = show();
  await remove();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked).toEqual(["remove"]);
  expect(screen.queryByRole("status")).toBeNull();
});

test("where passkeys cannot work the page says so and offers none", () => {
  show();
  expect(screen.getByText(/they want https and a name/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Add a passkey" })).toBeNull();
});
