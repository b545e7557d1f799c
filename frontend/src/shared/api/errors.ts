import type { Problem } from "./types.ts";

type Failure = {
  code: string;
  status: number;
  detail: string;
  requestId?: string;
  retryAfterS?: number;
  problem?: Problem;
};

/**
 * What went wrong with a call, by a stable `code`.
 *
 * Some codes are the app's own: `network` (no answer came), `unexpected` (an answer that is no problem document), and
 * what browsers say of passkeys (`shared/lib/passkeys.ts`).
 */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAfterS: number | null;
  /** The whole document, where the server sent one. */
  readonly problem: Problem | null;

  constructor(failure: Failure) {
    super(failure.detail);
    this.name = "ApiError";
    this.code = failure.code;
    this.status = failure.status;
    this.requestId = failure.requestId ?? null;
    this.retryAfterS = failure.retryAfterS ?? null;
    this.problem = failure.problem ?? null;
  }

  static fromProblem(problem: Problem): ApiError {
    return new ApiError({
      code: problem.code,
      status: problem.status,
      detail: problem.detail,
      requestId: problem.request_id,
      problem,
      ...(problem.retry_after_s === undefined ? {} : { retryAfterS: problem.retry_after_s }),
    });
  }

  static network(cause: unknown): ApiError {
    const error = new ApiError({ code: "network", status: 0, detail: "" });
    error.cause = cause;
    return error;
  }
}

/** Any thrown value as an ApiError, so that every failure has a code a person can be told about. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : "";
  return new ApiError({ code: "unexpected", status: 0, detail });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
}

/** Reads a failed response, whether it carries a problem document or a proxy's own page. */
export async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return ApiError.fromProblem({ ...body, status: response.status });
  } catch {
    // Not JSON: a proxy's page, or a body cut short. The status says enough.
  }
  const code = response.status >= 502 && response.status <= 504 ? "server_unavailable" : "unexpected";
  return new ApiError({ code, status: response.status, detail: "", ...(requestId ? { requestId } : {}) });
}
