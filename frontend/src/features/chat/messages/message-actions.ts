import { createContext, useContext } from "react";
import type { Draft } from "#features/chat/composer/drafts.ts";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";

/** What can be done with a message where it stands. */
export type MessageActions = {
  /** Nothing is asked while an answer is written. */
  idle: boolean;
  /** The message whose words are being changed. */
  editing: string | null;
  setEditing: (id: string | null) => void;
  /** Says it in other words, beside what was said. */
  edit: (message: PlacedMessage, draft: Draft) => void;
  again: (answer: PlacedMessage) => void;
  /** Asks which other model should answer. */
  againWith: (answer: PlacedMessage) => void;
  /** Asks which models should answer side by side. */
  compareWith: (answer: PlacedMessage) => void;
  goOn: (answer: PlacedMessage) => void;
  /** Says something after the last message, without the composer. */
  say: (text: string) => void;
  /** Shows the branch of a message. */
  choose: (id: string) => void;
  /** Shows all answers to a question side by side, or no longer. */
  setSideBySide: (questionId: string | null) => void;
  /** Goes on with one of the answers that stand side by side, and with its model. */
  take: (answer: PlacedMessage) => void;
  /** Says whether an answer was good, and why; null takes it back. */
  judge: (answer: PlacedMessage, feedback: PlacedMessage["feedback"]) => void;
  fork: (message: PlacedMessage) => void;
  /** Shows what the model was shown for an answer. */
  report: (answer: PlacedMessage) => void;
  /** Asks whether to delete it with all that follows. */
  cut: (message: PlacedMessage) => void;
};

const nothing = () => undefined;

/** Outside a conversation, as in a test, a message can only be read. */
export const MessageActionsContext = createContext<MessageActions>({
  idle: false,
  editing: null,
  setEditing: nothing,
  edit: nothing,
  again: nothing,
  againWith: nothing,
  compareWith: nothing,
  goOn: nothing,
  say: nothing,
  choose: nothing,
  setSideBySide: nothing,
  take: nothing,
  judge: nothing,
  fork: nothing,
  report: nothing,
  cut: nothing,
});

export function useMessageActions(): MessageActions {
  return useContext(MessageActionsContext);
}
