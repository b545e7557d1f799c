import type { TurnEvent } from "#shared/api/types.ts";

function frame({ seq, name, data }: TurnEvent): string {
  return `id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** An event stream that says these things; `cut` breaks the line after them instead of ending it. */
export function eventStream(events: readonly TurnEvent[], { cut = false } = {}): Response {
  const waiting = events.map((event) => new TextEncoder().encode(frame(event)));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = waiting.shift();
      if (next) controller.enqueue(next);
      else if (cut) controller.error(new TypeError("the line broke"));
      else controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
