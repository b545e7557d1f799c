import type { MessageRead } from "#shared/api/types.ts";

export type AnswerEnd = "stopped" | "interrupted" | "truncated" | "filtered" | "empty";

/** What has to be said about how an answer ended, when it did not simply end. */
export function endOf(message: MessageRead): AnswerEnd | null {
  if (message.status === "stopped") return "stopped";
  if (message.status === "interrupted") return "interrupted";
  if (message.status !== "complete") return null;
  if (message.finish_reason === "length") return "truncated";
  if (message.finish_reason === "content_filter") return "filtered";
  return message.parts.length === 0 ? "empty" : null;
}

/** Whether it was cut before its end, so that the model can be asked to go on. */
export function canGoOn(message: MessageRead): boolean {
  return ["stopped", "interrupted", "failed"].includes(message.status) || message.finish_reason === "length";
}
