import type { Draft } from "#features/chat/composer/drafts.ts";
import type { MessageRead } from "#shared/api/types.ts";

/** What was just sent, in the shape in which the server will hand it out, to be shown before it answers. */
export function sentMessage(draft: Draft, conversationId: string, parentId: string | null = null): MessageRead {
  return {
    id: "pending-message",
    conversation_id: conversationId,
    parent_id: parentId,
    role: "user",
    parts: [
      ...draft.images.map((url) => ({ type: "image" as const, url })),
      ...(draft.text ? [{ type: "text" as const, text: draft.text }] : []),
    ],
    model: null,
    status: "complete",
    finish_reason: null,
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
    created_at: new Date().toISOString(),
  };
}
