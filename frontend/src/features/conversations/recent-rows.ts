import type { ConversationRead } from "#shared/api/types.ts";
import { byDay, type DayGroup, groupKey } from "./by-day.ts";

export type RecentRow =
  | { key: string; label: DayGroup["label"]; conversation?: never }
  | { key: string; label?: never; conversation: ConversationRead };

/** A list as rows one below the other: days, and what was talked of then. */
export function recentRows(conversations: readonly ConversationRead[], now: Date): RecentRow[] {
  return byDay(conversations, now).flatMap(({ label, conversations: held }): RecentRow[] => [
    { key: groupKey(label), label },
    ...held.map((conversation) => ({ key: conversation.id, conversation })),
  ]);
}
