// The platform's HTTP contract, by hand until the client is generated from /openapi.json.

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors?: { field: string; message: string }[];
  retry_after_s?: number;
  /** With `second_factor_required`: the sign-in to go on with, and by what. */
  step?: string;
  methods?: string[];
};

export type SessionRead = {
  user: { id: string; email: string; name: string };
  tenant: { id: string; name: string };
  permissions: string[];
};

export type ModelRead = {
  id: string;
  name: string;
  provider: string;
  kind: "chat" | "embedding";
  context_tokens: number | null;
  output_tokens: number | null;
  capabilities: { tools: boolean; images: boolean; structured_output: boolean; reasoning: boolean };
  demonstration: boolean;
};

export type ModelList = { data: ModelRead[]; default_model: string | null };

export type ConversationRead = {
  id: string;
  title: string;
  model: string | null;
  system_prompt: string | null;
  temperature: number | null;
  fallback_model: string | null;
  created_at: string;
  updated_at: string;
  message_count: number;
  active_turn_id: string | null;
};

export type ConversationPage = { data: ConversationRead[]; next_cursor: string | null };

export type ConversationWrite = { title?: string; model?: string };

export type Part =
  | { type: "text"; text: string }
  | { type: "thinking"; text: string }
  | { type: "image"; url: string }
  | ToolCallPart
  | ToolResultPart;

export type ToolCallPart = { type: "tool_call"; id: string; name: string; arguments: string };

export type ToolResultPart = { type: "tool_result"; call_id: string; text: string; is_error: boolean };

export type Usage = {
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  reasoning_tokens: number;
};

/** Why `auto` chose a model. */
export type Choice = {
  chosen: string;
  confidence: number;
  reasons: string[];
  alternatives: OtherModel[];
  rejected: OtherModel[];
};

type OtherModel = { model: string; why: string };

export type MessageRead = {
  id: string;
  conversation_id: string;
  parent_id: string | null;
  role: "user" | "assistant";
  parts: Part[];
  model: string | null;
  status: "complete" | "streaming" | "stopped" | "failed" | "interrupted";
  finish_reason: string | null;
  usage: Usage | null;
  cost_usd: string | null;
  decision: Choice | null;
  error: { code: string; detail: string } | null;
  created_at: string;
};

export type MessagePage = { data: MessageRead[]; has_more: boolean };

export type MessageCreate = { text: string; images?: string[]; model?: string; stream: boolean };

type TurnStatus = "running" | "completed" | "stopped" | "failed" | "interrupted";

export type TurnRead = {
  id: string;
  conversation_id: string;
  status: TurnStatus;
  user_message_id: string;
  message: MessageRead | null;
  error: Problem | null;
};

type TurnPayload =
  | {
      name: "turn.started";
      data: {
        turn_id: string;
        conversation_id: string;
        user_message_id: string;
        message_id: string;
        model: string | null;
      };
    }
  | { name: "text.delta" | "thinking.delta"; data: { text: string } }
  | { name: "tool_call.delta"; data: { index: number; id: string; name: string; arguments: string } }
  | { name: "usage"; data: Usage }
  | {
      name: "turn.finished";
      data: {
        status: Exclude<TurnStatus, "running">;
        finish_reason: string | null;
        model: string | null;
        message: MessageRead;
        title: string;
        error: Problem | null;
      };
    };

/** One frame of a turn's event stream; `seq` counts 1, 2, 3… per turn. */
export type TurnEvent = TurnPayload & { seq: number };
