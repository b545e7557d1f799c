import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { problem } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { SignInForm } from "./sign-in-form.tsx";

const session = {
  user: { id: "u", email: "ada@example.org", name: "Ada" },
  tenant: { id: "t", name: "T" },
  permissions: [],
};

async function attempt(onSignedIn = vi.fn()) {
  render(<SignInForm onSignedIn={onSignedIn} />, { wrapper: TestFrame });
  await userEvent.type(screen.getByLabelText("Email"), "ada@example.org");
  await userEvent.type(screen.getByLabelText("Password"), "secret{Enter}");
  return onSignedIn;
}

test("the right password opens the session", async () => {
  platform.use(
    http.post("*/api/v1/session", async ({ request }) => {
      expect(await request.json()).toEqual({ email: "ada@example.org", password: "secret" });
      return HttpResponse.json(session);
    }),
  );
  const onSignedIn = await attempt();
  await vi.waitFor(() => expect(onSignedIn.mock.calls[0]?.[0]).toEqual(session));
});

test("a wrong password is said in human words", async () => {
  platform.use(http.post("*/api/v1/session", () => HttpResponse.json(problem("invalid_credentials"), { status: 401 })));
  await attempt();
  expect(await screen.findByText(/Email or password is not right/)).toBeDefined();
});

test("too many attempts say how long to wait", async () => {
  const busy = problem("too_many_attempts", { retry_after_s: 240 });
  platform.use(http.post("*/api/v1/session", () => HttpResponse.json(busy, { status: 429 })));
  await attempt();
  expect(await screen.findByText(/Wait 4 minutes/)).toBeDefined();
});

test("an empty field is named and nothing is asked of the server", async () => {
  render(<SignInForm onSignedIn={vi.fn()} />, { wrapper: TestFrame });
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(screen.getByRole("alert").textContent).toBe("Enter your email address.");
  expect(document.activeElement).toBe(screen.getByLabelText("Email"));
});
