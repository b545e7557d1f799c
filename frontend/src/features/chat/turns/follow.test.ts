import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { TurnEvent } from "#shared/api/types.ts";
import { finished, problem, said, started } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { eventStream } from "#testing/streams.ts";
import { followTurn, type Link } from "./follow.ts";

const EVENTS = "*/api/v1/turns/turn-1/events";

function follow(source: { turnId: string | null; first?: Response }, abort = new AbortController()) {
  const events: TurnEvent[] = [];
  const links: Link[] = [];
  const done = followTurn({
    ...source,
    onEvent: (event) => events.push(event),
    onLink: (link) => links.push(link),
    signal: abort.signal,
    backoffMs: () => 0,
  });
  return { events, links, done };
}

test("a stream is followed to its end without another request", async () => {
  const { events, links, done } = follow({ turnId: null, first: eventStream([started(), finished(2, "Hi.")]) });
  await done;
  expect(events.map((event) => event.seq)).toEqual([1, 2]);
  expect(links).toEqual(["live"]);
});

test("a broken line is taken up after the last event that was seen", async () => {
  const asked: (string | null)[] = [];
  platform.use(
    http.get(EVENTS, ({ request }) => {
      asked.push(request.headers.get("last-event-id"));
      return eventStream([said(3, "b"), finished(4, "ab")]);
    }),
  );
  const first = eventStream([started(), said(2, "a")], { cut: true });
  const { events, links, done } = follow({ turnId: null, first });
  await done;
  expect(asked).toEqual(["2"]);
  expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
  expect(links).toEqual(["live", "reconnecting", "live"]);
});

test("a stream that ends without an end is a broken line too, and a server in trouble is asked again", async () => {
  const answers = [
    HttpResponse.json(problem("shutting_down", { status: 503 }), { status: 503 }),
    eventStream([finished(2, "Hi.")]),
  ];
  platform.use(http.get(EVENTS, () => answers.shift() ?? HttpResponse.error()));
  const { events, done } = follow({ turnId: null, first: eventStream([started()]) });
  await done;
  expect(events.map((event) => event.seq)).toEqual([1, 2]);
});

test("a turn that is gone cannot be followed", async () => {
  platform.use(http.get(EVENTS, () => HttpResponse.json(problem("turn_not_found"), { status: 404 })));
  await expect(follow({ turnId: "turn-1" }).done).rejects.toMatchObject({ code: "turn_not_found" });
});

test("a line that breaks before the turn has a name is a network error", async () => {
  const { done } = follow({ turnId: null, first: eventStream([], { cut: true }) });
  await expect(done).rejects.toMatchObject({ code: "network" });
});

test("an abort ends the following quietly", async () => {
  const abort = new AbortController();
  platform.use(
    http.get(EVENTS, () => {
      abort.abort();
      return HttpResponse.error();
    }),
  );
  await expect(follow({ turnId: "turn-1" }, abort).done).resolves.toBeUndefined();
});

test("events newer than this app and broken data are passed over", async () => {
  const odd = 'id: 2\nevent: turn.sang\ndata: {}\n\nid: 3\nevent: text.delta\ndata: {"te\n\n: keep-alive\n\n';
  const whole = await eventStream([started(), finished(4, "Hi.")]).text();
  const [head = "", tail = ""] = whole.split(/(?=id: 4)/);
  const { events, done } = follow({ turnId: null, first: new Response(head + odd + tail) });
  await done;
  expect(events.map((event) => event.seq)).toEqual([1, 4]);
});
