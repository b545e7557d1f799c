// A running turn as a pure fold over its events: the mirror of what the server keeps in its journal.
import type { MessageRead, Part, Problem, TurnEvent, Usage } from "#shared/api/types.ts";

type Finished = Extract<TurnEvent, { name: "turn.finished" }>["data"];

export type Turn = {
  lastSeq: number;
  turnId: string | null;
  userMessageId: string | null;
  messageId: string | null;
  model: string | null;
  parts: readonly Part[];
  /** Where in `parts` the tool call of a given index stands. */
  toolSlots: Readonly<Record<number, number>>;
  usage: Usage | null;
  finished: Finished | null;
};

export const UNSTARTED: Turn = {
  lastSeq: 0,
  turnId: null,
  userMessageId: null,
  messageId: null,
  model: null,
  parts: [],
  toolSlots: {},
  usage: null,
  finished: null,
};

function withText(parts: readonly Part[], type: "text" | "thinking", text: string): readonly Part[] {
  const last = parts.at(-1);
  if (last?.type !== type) return [...parts, { type, text }];
  return [...parts.slice(0, -1), { type, text: last.text + text }];
}

type ToolDelta = Extract<TurnEvent, { name: "tool_call.delta" }>["data"];

function withTool(turn: Turn, delta: ToolDelta): Pick<Turn, "parts" | "toolSlots"> {
  const slot = turn.toolSlots[delta.index];
  const known = slot === undefined ? undefined : turn.parts[slot];
  if (slot === undefined || known?.type !== "tool_call") {
    const part: Part = { type: "tool_call", id: delta.id, name: delta.name, arguments: delta.arguments };
    return { parts: [...turn.parts, part], toolSlots: { ...turn.toolSlots, [delta.index]: turn.parts.length } };
  }
  const grown: Part = {
    ...known,
    id: known.id || delta.id,
    name: known.name || delta.name,
    arguments: known.arguments + delta.arguments,
  };
  return { parts: turn.parts.with(slot, grown), toolSlots: turn.toolSlots };
}

function apply(turn: Turn, event: TurnEvent): Turn {
  switch (event.name) {
    case "turn.started":
      return {
        ...turn,
        turnId: event.data.turn_id,
        userMessageId: event.data.user_message_id,
        messageId: event.data.message_id,
        model: event.data.model ?? turn.model,
      };
    case "text.delta":
      return { ...turn, parts: withText(turn.parts, "text", event.data.text) };
    case "thinking.delta":
      return { ...turn, parts: withText(turn.parts, "thinking", event.data.text) };
    case "tool_call.delta":
      return { ...turn, ...withTool(turn, event.data) };
    case "usage":
      return { ...turn, usage: event.data };
    case "turn.finished":
      return { ...turn, finished: event.data, model: event.data.model ?? turn.model };
    default:
      // A panel's, which are read elsewhere.
      return turn;
  }
}

/** Folds one event in. What was already seen (a reconnect repeats) and what follows the end changes nothing. */
export function reduceTurn(turn: Turn, event: TurnEvent): Turn {
  if (event.seq <= turn.lastSeq || turn.finished) return turn;
  return { ...apply(turn, event), lastSeq: event.seq };
}

export function reduceAll(turn: Turn, events: readonly TurnEvent[]): Turn {
  return events.reduce(reduceTurn, turn);
}

function errorOf(problem: Problem | null): MessageRead["error"] {
  return problem ? { code: problem.code, detail: problem.detail } : null;
}

/** The answer as it stands, in the shape in which the server will hand it out later. */
export function answerOf(turn: Turn, conversationId: string, createdAt: string): MessageRead {
  if (turn.finished) {
    const { message, error } = turn.finished;
    return message.error ? message : { ...message, error: errorOf(error) };
  }
  return {
    id: turn.messageId ?? "pending-answer",
    conversation_id: conversationId,
    parent_id: turn.userMessageId,
    role: "assistant",
    parts: [...turn.parts],
    model: turn.model,
    status: "streaming",
    finish_reason: null,
    usage: turn.usage,
    cost_usd: null,
    decision: null,
    error: null,
    pinned: false,
    prompt: null,
    speech: null,
    clarification: null,
    recap: null,
    cache: null,
    feedback: null,
    memories: [],
    created_at: createdAt,
  };
}

/** The plain text of a message, without thoughts, tools and images. */
export function textOf(message: Pick<MessageRead, "parts">): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
