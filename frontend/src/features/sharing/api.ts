import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type {
  ConversationShareRead,
  OwnSharePage,
  ShareCreate,
  SharedRead,
  ShareList,
  SharingPolicy,
} from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";

export type Share = ConversationShareRead;
export type Kind = Share["left_out"][number];
export type Audience = Share["audience"];
export type Policy = Required<SharingPolicy>;

const sharesOf = (conversationId: string) => `/conversations/${conversationId}/shares`;

export function policyQuery() {
  return queryOptions({
    queryKey: keys.sharingPolicy,
    queryFn: ({ signal }): Promise<{ policy: Policy }> => json("/policies/sharing", { signal }),
  });
}

/** All links of one's own, the newest first; asked anew whenever they are looked at, as others open them. */
export function ownSharesQuery() {
  return infiniteQueryOptions({
    queryKey: keys.ownShares,
    queryFn: ({ pageParam, signal }): Promise<OwnSharePage> =>
      json("/shares/own", { query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
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

export function endShareAt(share: Share, moment: string): Promise<Share> {
  return json(`${sharesOf(share.conversation_id)}/${share.id}`, { method: "PATCH", body: { expires_at: moment } });
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
