// What the list shows: the messages the server keeps, then the turn that runs.

import type { LiveTurn } from "#features/chat/turns/live-turns.ts";
import { answerOf } from "#features/chat/turns/turn.ts";
import type { MessageRead } from "#shared/api/types.ts";

export type Row = { message: MessageRead; live: LiveTurn | null };

const settled = new WeakMap<MessageRead, Row>();

/** The same row for the same message, so that a list of thousands does not render again for one delta. */
function settledRow(message: MessageRead): Row {
  const known = settled.get(message);
  if (known) return known;
  const row = { message, live: null };
  settled.set(message, row);
  return row;
}

export function rowsOf(messages: readonly MessageRead[], live: LiveTurn | undefined): Row[] {
  if (!live) return messages.map(settledRow);
  const { turn, sent, startedAt } = live;
  const kept = messages.filter((message) => message.id !== turn.messageId);
  const rows = kept.map(settledRow);
  if (sent && !kept.some((message) => message.id === turn.userMessageId)) {
    rows.push({ message: { ...sent, id: turn.userMessageId ?? sent.id }, live: null });
  }
  const conversationId = sent?.conversation_id ?? messages[0]?.conversation_id ?? "";
  rows.push({ message: answerOf(turn, conversationId, startedAt), live });
  return rows;
}
