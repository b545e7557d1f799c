import { QueryClient } from "@tanstack/react-query";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { clearDraft, readDraft } from "#features/chat/composer/drafts.ts";
import { conversation, finished, message, problem, said, started } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { eventStream } from "#testing/streams.ts";
import { messagesQuery } from "./api.ts";
import { createLiveTurns, NEW_CHAT } from "./live-turns.ts";
import { TurnRunner } from "./turn-runner.ts";

const MESSAGES = "*/api/v1/conversations/conversation-1/messages";
const draft = { text: "What is up?", images: [] };

function setUp() {
  const client = new QueryClient();
  const store = createLiveTurns();
  const shown = () => client.getQueryData(messagesQuery("conversation-1").queryKey)?.pages.flatMap((page) => page.data);
  client.setQueryData(messagesQuery("conversation-1").queryKey, {
    pages: [{ data: [], has_more: false }],
    pageParams: [undefined],
  });
  return { client, store, shown, runner: new TurnRunner(client, store) };
}

beforeEach(() => {
  clearDraft(NEW_CHAT);
  clearDraft("conversation-1");
});

test("a sent message and its answer end up in the conversation, once each", async () => {
  platform.use(http.post(MESSAGES, () => eventStream([started(), said(2, "Not much."), finished(3, "Not much.")])));
  const { store, shown, runner } = setUp();
  await runner.send({ conversationId: "conversation-1", draft, model: null, onOpened: vi.fn() });
  expect(shown()?.map((kept) => [kept.id, kept.role])).toEqual([
    ["question-1", "user"],
    ["answer-1", "assistant"],
  ]);
  expect(store.get("conversation-1")).toBeUndefined();
});

test("a first message makes a conversation and opens it when the turn has begun", async () => {
  platform.use(
    http.post("*/api/v1/conversations", () => HttpResponse.json(conversation(), { status: 201 })),
    http.post(MESSAGES, () => eventStream([started(), finished(2, "Hi.")])),
  );
  const { runner, store } = setUp();
  const onOpened = vi.fn(async () => undefined);
  await runner.send({ conversationId: null, draft, model: "openai/gpt-5", onOpened });
  expect(onOpened).toHaveBeenCalledExactlyOnceWith("conversation-1");
  expect(store.get(NEW_CHAT)).toBeUndefined();
});

test("a refused message goes back into its draft, with the reason beside it", async () => {
  platform.use(http.post(MESSAGES, () => HttpResponse.json(problem("model_not_found"), { status: 404 })));
  const { runner, store } = setUp();
  await runner.send({ conversationId: "conversation-1", draft, model: null, onOpened: vi.fn() });
  expect(readDraft("conversation-1").text).toBe("What is up?");
  expect(store.state.getState().failures["conversation-1"]?.code).toBe("model_not_found");
});

test("a refused first message leaves no empty conversation behind", async () => {
  const deleted = vi.fn();
  platform.use(
    http.post("*/api/v1/conversations", () => HttpResponse.json(conversation(), { status: 201 })),
    http.post(MESSAGES, () => HttpResponse.json(problem("provider_unavailable"), { status: 503 })),
    http.delete("*/api/v1/conversations/conversation-1", () => {
      deleted();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { runner, store } = setUp();
  await runner.send({ conversationId: null, draft, model: null, onOpened: vi.fn() });
  await vi.waitFor(() => expect(deleted).toHaveBeenCalledOnce());
  expect(readDraft(NEW_CHAT).text).toBe("What is up?");
  expect(store.state.getState().failures[NEW_CHAT]?.code).toBe("provider_unavailable");
});

test("when the line breaks before the first event, the turn that did begin is found and followed", async () => {
  platform.use(
    http.post(MESSAGES, () => HttpResponse.error()),
    http.get("*/api/v1/conversations/conversation-1", () =>
      HttpResponse.json(conversation({ active_turn_id: "turn-1" })),
    ),
    http.get("*/api/v1/turns/turn-1/events", () => eventStream([started(), finished(2, "Hi.")])),
  );
  const { runner, shown } = setUp();
  await runner.send({ conversationId: "conversation-1", draft, model: null, onOpened: vi.fn() });
  expect(shown()?.map((kept) => kept.id)).toEqual(["question-1", "answer-1"]);
  expect(readDraft("conversation-1").text).toBe("");
});

test("a running turn is resumed once, and not again after its end", async () => {
  const asked = vi.fn();
  platform.use(
    http.get("*/api/v1/turns/turn-1/events", () => {
      asked();
      return eventStream([started(), finished(2, "Hi.")]);
    }),
  );
  const { runner, shown } = setUp();
  await Promise.all([runner.resume("conversation-1", ["turn-1"]), runner.resume("conversation-1", ["turn-1"])]);
  await runner.resume("conversation-1", ["turn-1"]);
  expect(asked).toHaveBeenCalledOnce();
  expect(shown()?.map((kept) => kept.id)).toEqual(["answer-1"]);
});

test("a stop that is asked before the turn has a name is passed on when it has one", async () => {
  const stopped = vi.fn();
  const { runner, store } = setUp();
  platform.use(
    http.post(MESSAGES, () => {
      void runner.stop("conversation-1");
      return eventStream([started(), finished(2, "Hi.")]);
    }),
    http.post("*/api/v1/turns/turn-1/stop", () => {
      stopped();
      return HttpResponse.json({}, { status: 202 });
    }),
  );
  await runner.send({ conversationId: "conversation-1", draft, model: null, onOpened: vi.fn() });
  await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce());
  expect(store.get("conversation-1")).toBeUndefined();
});

test("an answer that is already listed is not listed twice", async () => {
  platform.use(http.get("*/api/v1/turns/turn-1/events", () => eventStream([started(), finished(2, "New.")])));
  const { client, runner, shown } = setUp();
  client.setQueryData(messagesQuery("conversation-1").queryKey, {
    pages: [{ data: [message({ id: "answer-1", parts: [] })], has_more: false }],
    pageParams: [undefined],
  });
  await runner.resume("conversation-1", ["turn-1"]);
  expect(shown()).toHaveLength(1);
});
