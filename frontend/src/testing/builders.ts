import type { ConversationRead, MessageRead, ModelRead, Problem, TurnEvent } from "#shared/api/types.ts";

export function message(fields: Partial<MessageRead> = {}): MessageRead {
  return {
    id: "message-1",
    conversation_id: "conversation-1",
    parent_id: null,
    role: "assistant",
    parts: [{ type: "text", text: "Hello." }],
    model: "openai/gpt-5",
    status: "complete",
    finish_reason: "stop",
    usage: null,
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
    created_at: "2026-11-20T10:00:00Z",
    ...fields,
  };
}

export function conversation(fields: Partial<ConversationRead> = {}): ConversationRead {
  return {
    id: "conversation-1",
    title: "A title",
    model: null,
    system_prompt: null,
    temperature: null,
    fallback_model: null,
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    message_count: 0,
    active_turn_id: null,
    active_turn_ids: [],
    archived: false,
    folder_id: null,
    forked_at_id: null,
    forked_from_id: null,
    has_panel: false,
    persona: null,
    pinned: false,
    prompt: null,
    state: "active",
    state_since: "2026-11-20T10:00:00Z",
    titled_by: "words",
    steps: {},
    tags: [],
    temporary: false,
    ...fields,
  };
}

export function model(id: string, fields: Partial<ModelRead> = {}): ModelRead {
  const [provider = "", name = ""] = id.split("/");
  return {
    id,
    name,
    provider,
    kind: "chat",
    context_tokens: 128_000,
    output_tokens: 8192,
    capabilities: { tools: true, images: true, structured_output: true, reasoning: false },
    demonstration: false,
    alias_of: null,
    circuit: "closed",
    deprecated: false,
    knowledge_cutoff: null,
    modalities: { input: ["text"], output: ["text"] },
    price: null,
    retires_on: null,
    sources: {},
    targets: [],
    ...fields,
  };
}

export function problem(code: string, fields: Partial<Problem> = {}): Problem {
  return { type: "about:blank", title: code, status: 400, detail: "detail", code, request_id: "req-1", ...fields };
}

export function started(seq = 1): TurnEvent {
  return {
    seq,
    name: "turn.started",
    data: {
      turn_id: "turn-1",
      conversation_id: "conversation-1",
      user_message_id: "question-1",
      message_id: "answer-1",
      model: "openai/gpt-5",
    },
  };
}

export function said(seq: number, text: string): TurnEvent {
  return { seq, name: "text.delta", data: { text } };
}

export function finished(seq: number, text: string): TurnEvent {
  const answer = message({ id: "answer-1", parent_id: "question-1", parts: [{ type: "text", text }] });
  return {
    seq,
    name: "turn.finished",
    data: {
      status: "completed",
      finish_reason: "stop",
      model: "openai/gpt-5",
      message: answer,
      title: "A title",
      error: null,
    },
  };
}
