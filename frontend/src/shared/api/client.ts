import { ApiError, errorOf } from "./errors.ts";

type Call = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  headers?: Record<string, string>;
};

/** Fired whenever a call is refused for want of a session, so that the app can lead back to sign-in from anywhere. */
export const sessionLost = new EventTarget();

function urlOf(path: string, query: Call["query"]): string {
  const pairs = Object.entries(query ?? {}).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `/api/v1${path}${search ? `?${search}` : ""}`;
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}

/**
 * Calls the platform and hands back the raw response of a success.
 *
 * Raises an ApiError for every answer that is no success and for none at all; an abort passes through as it is.
 */
export async function request(path: string, call: Call = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json", ...call.headers };
  const init: RequestInit = { method: call.method ?? "GET", headers, credentials: "same-origin" };
  if (call.signal) init.signal = call.signal;
  if (call.body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(call.body);
  }
  const response = await fetch(urlOf(path, call.query), init).catch((thrown: unknown) => {
    throw isAbort(thrown) ? thrown : ApiError.network(thrown);
  });
  if (response.ok) return response;
  const error = await errorOf(response);
  if (error.code === "unauthenticated" && path !== "/session") sessionLost.dispatchEvent(new Event("lost"));
  throw error;
}

/** Calls the platform and reads the answer as JSON. */
export async function json<Answer>(path: string, call: Call = {}): Promise<Answer> {
  const response = await request(path, call);
  return (await response.json()) as Answer;
}

/** Calls the platform where success has no body. */
export async function send(path: string, call: Call): Promise<void> {
  await request(path, call);
}
