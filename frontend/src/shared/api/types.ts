// What the platform takes and gives. Generated from its description (`make api-types`) but for what OpenAPI does not
// tell: members of a problem that only some have, and the frames of an event stream.

import type {
  ChimeraConversationsSchemasUsageRead,
  EndRead,
  MessageRead,
  MessagePage as PlacedMessagePage,
  PlacedMessageRead,
  Problem as PlainProblem,
  SpeechRead,
  TurnStatus,
} from "./schema";

export type {
  ChoiceRead as Choice,
  ConversationPage,
  ConversationRead,
  ConversationWrite,
  MessageRead,
  MessageWrite,
  ModelList,
  ModelRead,
  SessionRead,
  ToolCallRead as ToolCallPart,
  ToolResultRead as ToolResultPart,
  TurnRead,
} from "./schema";

/** Where a message stands among those that follow the same one: known of what the server listed, not of what just came. */
type Placed = Partial<Pick<PlacedMessageRead, "siblings" | "sibling_index">>;

export type MessagePage = Omit<PlacedMessagePage, "data"> & { data: (MessageRead & Placed)[] };

export type Part = MessageRead["parts"][number];

export type Usage = ChimeraConversationsSchemasUsageRead;

export type Problem = PlainProblem & {
  retry_after_s?: number;
  /** With `second_factor_required`: the sign-in to go on with, and by what. */
  step?: string;
  methods?: string[];
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
  // What each of a panel says bears its message's id.
  | { name: "text.delta" | "thinking.delta"; data: { text: string; message_id?: string } }
  | { name: "tool_call.delta"; data: { index: number; id: string; name: string; arguments: string } }
  | { name: "usage"; data: Usage & { message_id?: string } }
  | {
      name: "speech.started";
      data: Pick<SpeechRead, "participant_id" | "handle" | "role" | "round" | "why"> & {
        message_id: string;
        model: string;
      };
    }
  | {
      name: "speech.finished";
      data: {
        message_id: string;
        status: MessageRead["status"];
        finish_reason: string | null;
        impersonated: string | null;
      };
    }
  | { name: "panel.stopped"; data: { reason: EndRead["reason"]; why: string } }
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
