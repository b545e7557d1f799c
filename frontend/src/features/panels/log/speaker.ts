// How those who speak are shown: their colour and face, also of who has left the panel since.
import { createContext, type ReactNode, useContext } from "react";
import type { Participant } from "#features/panels/api.ts";
import type { MessageRead } from "#shared/api/types.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";

export type Face = { name: string; avatar: string; colour: string };

export function faceOf(participants: readonly Participant[], message: MessageRead): Face {
  const name = message.speech?.handle ?? message.model ?? "";
  const place = participants.findIndex((one) => one.id === message.speech?.participant_id);
  const found = participants[place];
  if (!found) return { name, avatar: "", colour: speakerColour("", participants.length) };
  return { name, avatar: found.avatar, colour: speakerColour(found.colour, place) };
}

export type LogTools = {
  participants: readonly Participant[];
  /** Shows the parts of a message as the chat does. */
  render: (message: MessageRead) => ReactNode;
  onRetry: ((message: MessageRead) => void) | null;
};

export const LogContext = createContext<LogTools | null>(null);

export function useLog(): LogTools {
  const tools = useContext(LogContext);
  if (!tools) throw new Error("LogContext is missing");
  return tools;
}
