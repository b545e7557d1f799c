// A panel's run as a pure fold over its events: several may speak at once, each in a message of its own.
import type { MessageRead, Part, TurnEvent } from "#shared/api/types.ts";

type Stopped = Extract<TurnEvent, { name: "panel.stopped" }>["data"];

export type PanelRunState = {
  lastSeq: number;
  turnId: string | null;
  conversationId: string;
  startedAt: string;
  /** What is said in this run, in the order in which it began. */
  speeches: readonly MessageRead[];
  stopped: Stopped | null;
  finished: boolean;
};

export function begun(conversationId: string, startedAt: string): PanelRunState {
  return { lastSeq: 0, turnId: null, conversationId, startedAt, speeches: [], stopped: null, finished: false };
}

type Started = Extract<TurnEvent, { name: "speech.started" }>["data"];

function opened(run: PanelRunState, said: Started): MessageRead {
  const { message_id, model, ...who } = said;
  return {
    id: message_id,
    conversation_id: run.conversationId,
    parent_id: run.speeches.at(-1)?.id ?? null,
    role: "assistant",
    parts: [],
    model,
    status: "streaming",
    finish_reason: null,
    usage: null,
    cost_usd: null,
    decision: null,
    prompt: null,
    pinned: false,
    cache: null,
    feedback: null,
    memories: [],
    error: null,
    speech: { ...who, impersonated: null, replaced: false },
    clarification: null,
    recap: null,
    created_at: run.startedAt,
  };
}

function withText(parts: readonly Part[], type: "text" | "thinking", text: string): Part[] {
  const last = parts.at(-1);
  if (last?.type !== type) return [...parts, { type, text }];
  return [...parts.slice(0, -1), { type, text: last.text + text }];
}

/** Changes the one speech that an event is about; of a speech that nobody began nothing is known. */
function within(run: PanelRunState, id: string | undefined, change: (speech: MessageRead) => MessageRead) {
  const place = run.speeches.findIndex((speech) => speech.id === id);
  const speech = run.speeches[place];
  return speech ? { ...run, speeches: run.speeches.with(place, change(speech)) } : run;
}

function apply(run: PanelRunState, event: TurnEvent): PanelRunState {
  switch (event.name) {
    case "turn.started":
      return { ...run, turnId: event.data.turn_id };
    case "speech.started":
      return { ...run, speeches: [...run.speeches, opened(run, event.data)] };
    case "text.delta":
    case "thinking.delta": {
      const { message_id, text } = event.data;
      const type = event.name === "text.delta" ? "text" : "thinking";
      return within(run, message_id, (speech) => ({ ...speech, parts: withText(speech.parts, type, text) }));
    }
    case "usage": {
      const { message_id, ...usage } = event.data;
      return within(run, message_id, (speech) => ({ ...speech, usage }));
    }
    case "speech.finished": {
      const { message_id, status, finish_reason, impersonated } = event.data;
      return within(run, message_id, (speech) => ({
        ...speech,
        status,
        finish_reason,
        speech: speech.speech ? { ...speech.speech, impersonated } : null,
      }));
    }
    case "panel.stopped":
      return { ...run, stopped: event.data };
    case "turn.finished":
      return { ...run, finished: true };
    default:
      return run;
  }
}

/** Folds events in. What was already seen (a reconnect repeats) and what follows the end changes nothing. */
export function reduceRun(run: PanelRunState, events: readonly TurnEvent[]): PanelRunState {
  return events.reduce((state, event) => {
    if (event.seq <= state.lastSeq || state.finished) return state;
    return { ...apply(state, event), lastSeq: event.seq };
  }, run);
}

/** The messages as they stand: what the server keeps, with what is being said in place of what it has of that. */
export function heard(kept: readonly MessageRead[], run: PanelRunState | null): MessageRead[] {
  const live = new Map(run?.speeches.map((speech) => [speech.id, speech]));
  const merged = kept.map((message) => {
    const speech = live.get(message.id);
    live.delete(message.id);
    // What is over was kept with its cost.
    return speech && message.status === "streaming" ? speech : message;
  });
  return [...merged, ...live.values()];
}
