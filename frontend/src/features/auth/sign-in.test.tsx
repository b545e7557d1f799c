import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { problem } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { SignIn } from "./sign-in.tsx";

const SESSION = "*/api/v1/session";
const CODE = "*/api/v1/session/second-factor";
const OPTIONS = "*/api/v1/sso";

const session = {
  user: { id: "u", email: "ada@example.org", name: "Ada" },
  tenant: { id: "t", name: "T" },
  permissions: [],
};

function needed(...methods: string[]) {
  const body = problem("second_factor_required", { methods, ...(methods[0] === "passkey" ? {} : { step: "step-1" }) });
  return http.post(SESSION, () => HttpResponse.json(body, { status: 401 }));
}

function show(onSignedIn = vi.fn(), next = "/") {
  platform.use(http.get(OPTIONS, () => HttpResponse.json({ data: [] })));
  render(<SignIn next={next} note={null} help={null} onSignedIn={onSignedIn} />, { wrapper: TestFrame });
  return onSignedIn;
}

async function attempt() {
  const onSignedIn = show();
  await userEvent.type(screen.getByLabelText("Email"), "ada@example.org");
  await userEvent.type(screen.getByLabelText("Password"), "secret{Enter}");
  return onSignedIn;
}

test("the right password opens the session", async () => {
  platform.use(
    http.post(SESSION, async ({ request }) => {
      expect(await request.json()).toEqual({ email: "ada@example.org", password: "secret" });
      return HttpResponse.json(session);
    }),
  );
  const onSignedIn = await attempt();
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith(session));
});

test("a wrong password is said in human words", async () => {
  platform.use(http.post(SESSION, () => HttpResponse.json(problem("invalid_credentials"), { status: 401 })));
  await attempt();
  expect(await screen.findByText(/Email or password is not right/)).toBeDefined();
});

test("too many attempts say how long to wait, and until when", async () => {
  const busy = problem("too_many_attempts", { retry_after_s: 240 });
  platform.use(http.post(SESSION, () => HttpResponse.json(busy, { status: 429 })));
  await attempt();
  expect(await screen.findByText(/Wait 4 minutes, until \d/)).toBeDefined();
});

test("an empty field is named and nothing is asked of the server", async () => {
  show();
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(screen.getByRole("alert").textContent).toBe("Enter your email address.");
  expect(document.activeElement).toBe(screen.getByLabelText("Email"));
});

test("a wrong code is taken away and the next one signs in, without the gaps that apps show", async () => {
  const sent: unknown[] = [];
  platform.use(
    needed("totp", "recovery_code"),
    http.post(CODE, async ({ request }) => {
      sent.push(await request.json());
      return sent.length > 1 ? HttpResponse.json(session) : HttpResponse.json(problem("invalid_code"), { status: 401 });
    }),
  );
  const onSignedIn = await attempt();
  const field = await screen.findByLabelText("Code");
  expect(document.activeElement).toBe(field);
  expect(field.getAttribute("autocomplete")).toBe("one-time-code");
  await userEvent.type(field, "000000{Enter}");
  expect(await screen.findByText(/This code is not right/)).toBeDefined();
  await userEvent.type(field, "492 039{Enter}");
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith(session));
  expect(sent).toEqual([
    { step: "step-1", code: "000000" },
    { step: "step-1", code: "492039" },
  ]);
});

test("a sign-in that is over begins again with the password, and says why", async () => {
  platform.use(
    needed("totp"),
    http.post(CODE, () => HttpResponse.json(problem("sign_in_step_over"), { status: 401 })),
  );
  await attempt();
  await userEvent.type(await screen.findByLabelText("Code"), "492039{Enter}");
  expect(await screen.findByText(/Begin again with your password/)).toBeDefined();
  expect(screen.getByLabelText("Password")).toBeDefined();
});

test("whoever must set up a second factor does so, sees recovery codes, and is in", async () => {
  platform.use(
    needed("enrol"),
    http.post("*/api/v1/session/second-factor/totp", () =>
      HttpResponse.json({ secret: "JBSWY3DPEHPK3PXP", address: "otpauth://totp/Chimera:ada?secret=JBSWY3DPEHPK3PXP" }),
    ),
    http.post(CODE, () => HttpResponse.json(session)),
    http.post("*/api/v1/session/proof", async ({ request }) => {
      expect(await request.json()).toEqual({ password: "secret" });
      return new HttpResponse(null, { status: 204 });
    }),
    http.post("*/api/v1/factors/recovery-codes", () => HttpResponse.json({ codes: ["k3vq-7m2x"] }, { status: 201 })),
  );
  const onSignedIn = await attempt();
  expect(await screen.findByRole("img", { name: /QR code/ })).toBeDefined();
  expect(screen.getByText("JBSW Y3DP EHPK 3PXP")).toBeDefined();
  await userEvent.type(screen.getByLabelText("Code"), "492039{Enter}");
  expect(await screen.findByText("k3vq-7m2x")).toBeDefined();
  expect(onSignedIn).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "I have kept them" }));
  expect(onSignedIn).toHaveBeenCalledWith(session);
});

test("recovery codes that cannot be made keep nobody out", async () => {
  platform.use(
    needed("enrol"),
    http.post("*/api/v1/session/second-factor/totp", () => HttpResponse.json({ secret: "A", address: "otpauth://a" })),
    http.post(CODE, () => HttpResponse.json(session)),
    http.post("*/api/v1/session/proof", () => HttpResponse.json(problem("too_many_attempts"), { status: 429 })),
  );
  const onSignedIn = await attempt();
  await userEvent.type(await screen.findByLabelText("Code"), "492039{Enter}");
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith(session));
});

test("who needs a passkey in a browser that has none is told so, and may begin again", async () => {
  platform.use(needed("passkey"));
  await attempt();
  expect(await screen.findByText(/Passkeys cannot be used in this browser/)).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Begin again" }));
  expect(screen.getByLabelText("Email")).toBeDefined();
});

test("providers of the address's domain are offered once it is typed, and lead back to where one was", async () => {
  const asked: (string | null)[] = [];
  show(vi.fn(), "/c/42");
  platform.use(
    http.get(OPTIONS, ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("domain"));
      return HttpResponse.json({ data: [{ id: "p1", name: "Example login" }] });
    }),
  );
  await userEvent.type(screen.getByLabelText("Email"), "ada@Example.org");
  const link = await screen.findByRole("link", { name: "Continue with Example login" });
  expect(link.getAttribute("href")).toBe("/api/v1/sso/p1/start?return_to=%2Fc%2F42");
  await waitFor(() => expect(asked).toEqual(["example.org"]));
});
