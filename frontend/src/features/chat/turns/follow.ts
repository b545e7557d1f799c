// Follows one turn to its end through every drop of the line.
import { request } from "#shared/api/client.ts";
import { ApiError } from "#shared/api/errors.ts";
import type { TurnEvent } from "#shared/api/types.ts";
import { readEvents } from "./frames.ts";

export type Link = "live" | "reconnecting";

type Follow = {
  /** Null until the first event names it. */
  turnId: string | null;
  /** The response of the send, whose body is already the stream. */
  first?: Response;
  onEvent: (event: TurnEvent) => void;
  onLink: (link: Link) => void;
  signal: AbortSignal;
  /** How long to wait before the n-th attempt in a row, in milliseconds. */
  backoffMs?: (attempt: number) => number;
};

function exponential(attempt: number): number {
  return Math.min(10_000, 400 * 2 ** attempt) * (0.75 + Math.random() / 2);
}

function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof ApiError)) return true;
  return thrown.code === "network" || thrown.status === 429 || thrown.status >= 500;
}

/** Waits, but not longer than until the machine is online again or the wait is given up. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

function open(turnId: string | null, after: number, signal: AbortSignal): Promise<Response> {
  const since = after > 0 ? { "last-event-id": String(after) } : {};
  return request(`/turns/${turnId}/events`, { signal, headers: { accept: "text/event-stream", ...since } });
}

type Place = { turnId: string | null; after: number };

/** Reads one line to its end and keeps the place; says whether the turn has finished. */
async function drain(response: Response, place: Place, onEvent: Follow["onEvent"]): Promise<boolean> {
  for await (const event of readEvents(response)) {
    place.after = Math.max(place.after, event.seq);
    if (event.name === "turn.started") place.turnId = event.data.turn_id;
    onEvent(event);
    if (event.name === "turn.finished") return true;
  }
  return false;
}

/**
 * Hands every event on until `turn.finished`, reconnecting after the last seen one.
 *
 * Returns early when aborted. Raises an ApiError when the turn cannot be followed: it is gone, or the line broke
 * before the turn had a name.
 */
export async function followTurn(follow: Follow): Promise<void> {
  const { onEvent, onLink, signal, backoffMs = exponential } = follow;
  const place: Place = { turnId: follow.turnId, after: 0 };
  let response = follow.first;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const before = place.after;
    try {
      response ??= await open(place.turnId, place.after, signal);
      onLink("live");
      if (await drain(response, place, onEvent)) return;
    } catch (thrown) {
      if (signal.aborted) return;
      if (!isPassing(thrown)) throw thrown;
    }
    if (place.turnId === null) throw ApiError.network(new Error("the line broke before the turn began"));
    response = undefined;
    if (place.after > before) attempt = 0;
    onLink("reconnecting");
    await pause(backoffMs(attempt), signal);
  }
}
