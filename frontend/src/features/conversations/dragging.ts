import type { DragEvent } from "react";

const TYPE = "application/x-chimera-conversations";

/** Takes conversations along with a pointer; what else is dragged over a folder is none of its business. */
export function take(event: DragEvent, ids: readonly string[]): void {
  event.dataTransfer.setData(TYPE, JSON.stringify(ids));
  event.dataTransfer.effectAllowed = "move";
}

export function bearsConversations(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(TYPE);
}

export function taken(event: DragEvent): string[] {
  const held: unknown = JSON.parse(event.dataTransfer.getData(TYPE) || "[]");
  return Array.isArray(held) ? held.filter((id) => typeof id === "string") : [];
}
