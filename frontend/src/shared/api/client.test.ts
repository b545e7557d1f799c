import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { problem } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { json, sessionLost } from "./client.ts";

const PATH = "*/api/v1/things";

test("a problem document becomes an error with its code, request and wait", async () => {
  const body = problem("provider_rate_limited", { retry_after_s: 20 });
  platform.use(http.get(PATH, () => HttpResponse.json(body, { status: 429 })));
  await expect(json("/things")).rejects.toMatchObject({
    code: "provider_rate_limited",
    status: 429,
    requestId: "req-1",
    retryAfterS: 20,
  });
});

test("a proxy's own page is an unavailable server, never raw text", async () => {
  platform.use(http.get(PATH, () => HttpResponse.html("<h1>Bad gateway</h1>", { status: 502 })));
  await expect(json("/things")).rejects.toMatchObject({ code: "server_unavailable", message: "" });
});

test("no answer at all is a network error", async () => {
  platform.use(http.get(PATH, () => HttpResponse.error()));
  await expect(json("/things")).rejects.toMatchObject({ code: "network" });
});

test("a lost session is told to whoever listens, but asking who is signed in is no loss", async () => {
  const onLost = vi.fn();
  sessionLost.addEventListener("lost", onLost);
  const refuse = () => HttpResponse.json(problem("unauthenticated"), { status: 401 });
  platform.use(http.get("*/api/v1/session", refuse), http.get(PATH, refuse));
  await json("/session").catch(() => undefined);
  expect(onLost).not.toHaveBeenCalled();
  await json("/things").catch(() => undefined);
  expect(onLost).toHaveBeenCalledOnce();
  sessionLost.removeEventListener("lost", onLost);
});

test("what is not asked for stays out of the address", async () => {
  platform.use(http.get(PATH, ({ request }) => HttpResponse.json({ search: new URL(request.url).search })));
  await expect(json("/things", { query: { limit: 5, cursor: undefined } })).resolves.toEqual({ search: "?limit=5" });
});
