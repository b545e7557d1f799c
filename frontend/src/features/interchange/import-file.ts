import { ApiError } from "#shared/api/errors.ts";
import type { ImportRead } from "#shared/api/schema.d.ts";
import type { Problem } from "#shared/api/types.ts";
import { parse } from "./import-events.ts";

type Counts = Pick<ImportRead, "made" | "extended" | "unchanged" | "deleted" | "failed" | "messages">;

export type ImportState =
  | { phase: "sending"; share: number }
  | { phase: "reading"; counts: Counts }
  | { phase: "done"; report: ImportRead };

export type Importing = { ended: Promise<ImportRead>; stop: () => void };

/** What an answer that is no stream says went wrong. */
function refusal(status: number, body: string): ApiError {
  try {
    return ApiError.fromProblem({ ...(JSON.parse(body) as Problem), status });
  } catch {
    // A proxy's own page.
    const code =
      status === 413 ? "body_too_large" : status >= 502 && status <= 504 ? "server_unavailable" : "unexpected";
    return new ApiError({ code, status, detail: "" });
  }
}

/**
 * Sends a file and tells how far it is: first of what went up, then of what was read.
 *
 * By XMLHttpRequest: `fetch` does not tell how much of a body was sent. Stopping keeps what came in until then.
 */
export function importFile(file: Blob, again: boolean, onState: (state: ImportState) => void): Importing {
  const call = new XMLHttpRequest();
  const ended = new Promise<ImportRead>((resolve, reject) => {
    let read = 0;
    const follow = () => {
      if (call.status !== 200) return;
      const { events, consumed } = parse(call.responseText.slice(read));
      read += consumed;
      for (const event of events) {
        if (event.name === "import.progress") onState({ phase: "reading", counts: event.data });
        else if (event.name === "import.finished") resolve(event.data);
        else reject(ApiError.fromProblem(event.data));
      }
    };
    call.upload.addEventListener("progress", ({ loaded, total }) =>
      onState({ phase: "sending", share: total ? loaded / total : 0 }),
    );
    call.addEventListener("progress", follow);
    call.addEventListener("load", () => {
      follow();
      if (call.status !== 200) reject(refusal(call.status, call.responseText));
      // An answer without an end was cut off.
      reject(ApiError.network(null));
    });
    call.addEventListener("error", () => reject(ApiError.network(null)));
    call.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
  });
  call.open("POST", `/api/v1/conversations/import${again ? "?again=true" : ""}`);
  call.setRequestHeader("accept", "text/event-stream");
  call.setRequestHeader("content-type", "application/octet-stream");
  call.send(file);
  return { ended, stop: () => call.abort() };
}
