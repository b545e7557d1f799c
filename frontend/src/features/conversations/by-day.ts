import type { ConversationRead } from "#shared/api/types.ts";

export type DayGroup = { label: "today" | "yesterday" | "week" | { month: Date }; conversations: ConversationRead[] };

const DAY_MS = 86_400_000;

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function labelOf(updated: Date, now: Date): DayGroup["label"] {
  // Rounded, because a day is 23 or 25 hours long when the clocks change.
  const days = Math.round((midnight(now) - midnight(updated)) / DAY_MS);
  if (days <= 0) return "today";
  if (days === 1) return "yesterday";
  if (days <= 7) return "week";
  return { month: new Date(updated.getFullYear(), updated.getMonth(), 1) };
}

/** A stable name of a group, to compare and to key by. */
export function groupKey(label: DayGroup["label"]): string {
  return typeof label === "string" ? label : `${label.month.getFullYear()}-${label.month.getMonth()}`;
}

/** Conversations, newest first, cut into today, yesterday, the week before, and months. */
export function byDay(conversations: readonly ConversationRead[], now: Date): DayGroup[] {
  const groups: DayGroup[] = [];
  for (const conversation of conversations) {
    const label = labelOf(new Date(conversation.updated_at), now);
    const last = groups.at(-1);
    if (last && groupKey(last.label) === groupKey(label)) last.conversations.push(conversation);
    else groups.push({ label, conversations: [conversation] });
  }
  return groups;
}
