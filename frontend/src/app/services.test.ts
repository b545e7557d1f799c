import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";
import { sessionQuery } from "#features/auth/api.ts";
import { readDraft, writeDraft } from "#features/chat/composer/drafts.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { beginSession, noteSession, type Services, watchUser } from "./services.ts";

const services = {
  client: new QueryClient(),
  turns: { runner: { letGo: () => undefined } },
} as unknown as Services;

function session(id: string, email: string): SessionRead {
  return {
    user: { id, email, name: "" },
    tenant: { id: `tenant of ${id}`, name: "" },
    permissions: [],
  } as unknown as SessionRead;
}

const HERE = session("ada-1", "ada@example.org");
const THERE = session("ada-2", "ada@example.org");
const BOB = session("bob-1", "bob@example.org");

/** As another tab of this browser would. */
function elsewhere(userId: string | null): void {
  if (userId === null) localStorage.removeItem("chimera.user");
  else localStorage.setItem("chimera.user", userId);
  window.dispatchEvent(new StorageEvent("storage", { key: "chimera.user", newValue: userId }));
}

beforeEach(() => {
  localStorage.clear();
  beginSession(services, HERE);
});

test("whoever goes over to another organisation finds what they were writing when they come back", () => {
  writeDraft("conversation", { text: "half a sentence", images: [] });
  beginSession(services, THERE);
  expect(readDraft("conversation").text).toBe("");
  beginSession(services, HERE);
  expect(readDraft("conversation").text).toBe("half a sentence");
  expect(services.client.getQueryData(sessionQuery().queryKey)).toBe(HERE);
});

test("somebody else finds nothing, nor do they leave it", () => {
  writeDraft("conversation", { text: "half a sentence", images: [] });
  beginSession(services, BOB);
  beginSession(services, HERE);
  expect(readDraft("conversation").text).toBe("");
});

test("a page leaves once the browser is signed in as somebody else, and not before", () => {
  const leave = vi.fn();
  watchUser(leave);
  noteSession(HERE);
  elsewhere("ada-1");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(leave).not.toHaveBeenCalled();
  elsewhere("ada-2");
  expect(leave).toHaveBeenCalledTimes(1);
  // It slept, and the event was lost.
  window.dispatchEvent(new Event("pageshow"));
  expect(leave).toHaveBeenCalledTimes(2);
  elsewhere(null);
  expect(leave).toHaveBeenCalledTimes(3);
});

test("what a page knew for long does not sign the others in as it", () => {
  localStorage.setItem("chimera.user", "ada-2");
  noteSession(HERE);
  expect(localStorage.getItem("chimera.user")).toBe("ada-2");
});
