import type { Kind } from "./api.ts";

export const KINDS: readonly Kind[] = [
  "identity",
  "instruction",
  "preference",
  "relationship",
  "work",
  "event",
  "plan",
  "other",
];
