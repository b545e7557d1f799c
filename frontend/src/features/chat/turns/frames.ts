// Server-sent events of a turn, read from a fetch response.
import { createParser } from "eventsource-parser";
import { ApiError } from "#shared/api/errors.ts";
import type { TurnEvent } from "#shared/api/types.ts";

/** The server speaks at least every 15 seconds; after this long without a byte the line is taken for dead. */
const SILENCE_MS = 45_000;

const NAMES: ReadonlySet<string> = new Set<TurnEvent["name"]>([
  "turn.started",
  "text.delta",
  "thinking.delta",
  "tool_call.delta",
  "usage",
  "speech.started",
  "speech.finished",
  "panel.stopped",
  "turn.finished",
]);

function eventOf(id: string | undefined, name: string | undefined, data: string): TurnEvent | null {
  const seq = Number(id);
  // An event newer than this app is skipped: the final message holds everything in the end.
  if (!name || !NAMES.has(name) || !Number.isInteger(seq)) return null;
  try {
    return { seq, name, data: JSON.parse(data) } as TurnEvent;
  } catch {
    return null;
  }
}

async function readOrGiveUp<Chunk>(
  reader: ReadableStreamDefaultReader<Chunk>,
): Promise<ReadableStreamReadResult<Chunk>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(ApiError.network(new Error("silence"))), SILENCE_MS);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Yields the events of a response until its body ends, and closes the body when the reader stops early. */
export async function* readEvents(response: Response): AsyncGenerator<TurnEvent> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let ready: TurnEvent[] = [];
  const parser = createParser({
    onEvent: (frame) => {
      const event = eventOf(frame.id, frame.event, frame.data);
      if (event) ready.push(event);
    },
  });
  try {
    for (;;) {
      const { done, value } = await readOrGiveUp(reader);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      const events = ready;
      ready = [];
      yield* events;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
