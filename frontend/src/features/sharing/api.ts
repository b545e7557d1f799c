import { json, send } from "#shared/api/client.ts";
import type { ConversationShareRead, ShareCreate, SharedRead, ShareList, SharingPolicy } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";

export type Share = ConversationShareRead;
export type Kind = Share["left_out"][number];
export type Audience = Share["audience"];
export type Policy = Required<SharingPolicy>;

const sharesOf = (conversationId: string) => `/conversations/${conversationId}/shares`;

export function readPolicy(signal: AbortSignal): Promise<{ policy: Policy }> {
  return json("/policies/sharing", { signal });
}

export function listShares(conversationId: string, signal: AbortSignal): Promise<ShareList> {
  return json(sharesOf(conversationId), { signal });
}

export function makeShare(conversationId: string, wanted: ShareCreate): Promise<Share> {
  return json(sharesOf(conversationId), { method: "POST", body: wanted });
}

export function revokeShare(share: Share): Promise<void> {
  return send(`${sharesOf(share.conversation_id)}/${share.id}`, { method: "DELETE" });
}

export function openShared(token: string, signal: AbortSignal): Promise<SharedRead> {
  return json(`/shared/${encodeURIComponent(token)}`, { signal });
}

export function forkShared(token: string): Promise<ConversationRead> {
  return json(`/shared/${encodeURIComponent(token)}/fork`, { method: "POST" });
}

/** The link as somebody else can open it. */
export function linkOf(path: string): string {
  return new URL(path, window.location.origin).href;
}
