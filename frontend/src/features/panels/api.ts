import { queryOptions } from "@tanstack/react-query";
import { json, request } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { PanelRead, PanelRun, PanelWrite, ParticipantChange, StagedPanelRead } from "#shared/api/schema.d.ts";
import type { ConversationRead, MessageRead } from "#shared/api/types.ts";

export type { PanelRead, PanelRun, PanelWrite, ParticipantChange, StagedPanelRead };

export type Participant = PanelRead["participants"][number];
export type PolicyKind = PanelRead["policy"]["kind"];

const root = (id: string) => `/conversations/${id}/panel`;

export function panelQuery(id: string) {
  return queryOptions({
    queryKey: keys.panel(id),
    queryFn: ({ signal }): Promise<StagedPanelRead> => json(root(id), { signal }),
  });
}

export function createConversation(): Promise<ConversationRead> {
  return json("/conversations", { method: "POST", body: {} });
}

export function putPanel(id: string, body: PanelWrite): Promise<PanelRead> {
  return json(root(id), { method: "PUT", body });
}

export function changeParticipant(id: string, handle: string, body: ParticipantChange): Promise<PanelRead> {
  return json(`${root(id)}/participants/${encodeURIComponent(handle)}`, { method: "PATCH", body });
}

/** Lets the panel speak; the body of the answer is the stream of the turn. */
export function runPanel(id: string, body: Omit<PanelRun, "stream">, signal: AbortSignal): Promise<Response> {
  return request(`${root(id)}/run`, { method: "POST", body: { ...body, stream: true }, signal });
}

export function retrySpeech(id: string, messageId: string, signal: AbortSignal): Promise<Response> {
  return request(`${root(id)}/retry`, { method: "POST", body: { message_id: messageId, stream: true }, signal });
}

export function interject(id: string, text: string): Promise<MessageRead> {
  return json(`${root(id)}/interject`, { method: "POST", body: { text } });
}

export function skipSpeaker(id: string, handle: string): Promise<PanelRead> {
  return json(`${root(id)}/skip`, { method: "POST", body: { handle } });
}

export function pausePanel(id: string): Promise<PanelRead> {
  return json(`${root(id)}/pause`, { method: "POST" });
}

export function stopRun(turnId: string): Promise<unknown> {
  return json(`/turns/${turnId}/stop`, { method: "POST" });
}
