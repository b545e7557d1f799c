// What the list shows: the messages the server keeps, then the turns that run.

import type { LiveTurn } from "#features/chat/turns/live-turns.ts";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { answerOf } from "#features/chat/turns/turn.ts";

export type Row = {
  message: PlacedMessage;
  live: LiveTurn | null;
  /** Where several models answer at once: all of their answers. */
  beside: readonly Answering[] | null;
};

type Answering = { message: PlacedMessage; live: LiveTurn };

const settled = new WeakMap<PlacedMessage, Row>();

/** The same row for the same message, so that a list of thousands does not render again for one delta. */
function settledRow(message: PlacedMessage): Row {
  const known = settled.get(message);
  if (known) return known;
  const row = { message, live: null, beside: null };
  settled.set(message, row);
  return row;
}

/** What stands before the answer that is written: nothing of another branch. */
function before(messages: readonly PlacedMessage[], { turn, after }: LiveTurn): readonly PlacedMessage[] {
  const asked = messages.findIndex((message) => message.id === turn.userMessageId);
  if (asked >= 0) return messages.slice(0, asked + 1);
  if (after === undefined) return messages.filter((message) => message.id !== turn.messageId);
  return after === null ? [] : messages.slice(0, messages.findIndex((message) => message.id === after) + 1);
}

function answering(live: LiveTurn, messages: readonly PlacedMessage[], conversationId: string): Answering {
  const { siblings, sibling_index } = messages.find((message) => message.id === live.turn.messageId) ?? {};
  const answer = answerOf(live.turn, conversationId, live.startedAt);
  const message = siblings && sibling_index !== undefined ? { ...answer, siblings, sibling_index } : answer;
  return { message, live };
}

export function rowsOf(messages: readonly PlacedMessage[], lives: readonly LiveTurn[]): Row[] {
  const [first] = lives;
  if (!first) return messages.map(settledRow);
  const { turn, sent } = first;
  const rows = before(messages, first).map(settledRow);
  if (sent && rows.at(-1)?.message.id !== turn.userMessageId) {
    rows.push({ message: { ...sent, id: turn.userMessageId ?? sent.id }, live: null, beside: null });
  }
  const conversationId = sent?.conversation_id ?? messages[0]?.conversation_id ?? "";
  const answers = lives.map((live) => answering(live, messages, conversationId));
  const [own] = answers;
  if (own) rows.push({ ...own, beside: answers.length > 1 ? answers : null });
  return rows;
}
