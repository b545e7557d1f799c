import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { Draft } from "./composer/drafts.ts";
import { clearDraft } from "./composer/drafts.ts";
import { editKey } from "./messages/edit-message.tsx";
import type { MessageActions } from "./messages/message-actions.ts";
import { chooseBranch, cutBranch, forkAt, judgeAnswer } from "./turns/api.ts";
import { changeMessage } from "./turns/message-cache.ts";
import type { PlacedMessage } from "./turns/placed-message.ts";
import { useTurns } from "./turns/turns-context.ts";

type BranchingOptions = {
  conversationId: string | null;
  /** The model that answers here. */
  model: string | null;
  running: boolean;
  /** Called with a message of the branch that is shown from now on; null for the server's choice. */
  onBranch: (messageId: string | null) => void;
  onSideBySide: (questionId: string | null) => void;
  /** Called with the model of an answer that was chosen among several. */
  onTaken: (model: string | null) => void;
  onForked: (conversationId: string) => void;
  onCut: () => void;
  /** Called with what is to be said next. */
  onSay: (text: string) => void;
  onRefused: (error: ApiError) => void;
};

/** A message that something is to be asked or told about: which models, whether to delete it, what led to it. */
export type Pondered = { what: "againWith" | "compareWith" | "cut" | "report"; message: PlacedMessage };

/** Orchestrates what makes, shows and ends branches of a conversation. */
export function useBranching(options: BranchingOptions) {
  const { conversationId, running } = options;
  const { runner } = useTurns();
  const client = useQueryClient();
  const [editing, setEditing] = useState<string | null>(null);
  const [pondered, setPondered] = useState<Pondered | null>(null);
  // The actions stay the same while the page renders again, so that settled messages need not.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const acts = useMemo(() => {
    const refused = (thrown: unknown) => latest.current.onRefused(asApiError(thrown));
    const again = (answer: PlacedMessage, way: "regenerate" | "continue", model: string | null) => {
      if (!conversationId) return;
      const onKept = ({ message_id }: { message_id: string }) => latest.current.onBranch(message_id);
      void runner.again({ conversationId, answer, way, model, onKept }).catch(refused);
    };
    const choose = (id: string) => {
      if (!conversationId) return;
      latest.current.onBranch(id);
      // What is shown elsewhere follows; while a panel speaks it stays where it is.
      void chooseBranch(conversationId, id).catch(() => undefined);
    };
    return {
      again: (answer: PlacedMessage) => again(answer, "regenerate", latest.current.model),
      againBy: (answer: PlacedMessage, model: string) => again(answer, "regenerate", model),
      goOn: (answer: PlacedMessage) => again(answer, "continue", null),
      compare: (questionId: string, models: readonly string[]) => {
        if (!conversationId) return;
        latest.current.onSideBySide(questionId);
        void runner.compare(conversationId, questionId, models).catch(refused);
      },
      edit: (message: PlacedMessage, draft: Draft) => {
        if (!conversationId) return;
        setEditing(null);
        const said = { conversationId, draft, model: latest.current.model, parentId: message.parent_id, beside: true };
        const onKept = ({ user_message_id }: { user_message_id: string }) => {
          clearDraft(editKey(message.id));
          latest.current.onBranch(user_message_id);
        };
        runner.send({ ...said, onKept, onOpened: async () => undefined }).catch((thrown: unknown) => {
          setEditing(message.id);
          refused(thrown);
        });
      },
      say: (text: string) => latest.current.onSay(text),
      choose,
      take: (answer: PlacedMessage) => {
        choose(answer.id);
        latest.current.onSideBySide(null);
        latest.current.onTaken(answer.model);
      },
      judge: (answer: PlacedMessage, feedback: PlacedMessage["feedback"]) => {
        changeMessage(client, answer, { feedback });
        judgeAnswer(answer, feedback).catch((thrown: unknown) => {
          changeMessage(client, answer, { feedback: answer.feedback });
          refused(thrown);
        });
      },
      fork: (message: PlacedMessage) => {
        if (!conversationId) return;
        forkAt(conversationId, message.id).then((made) => {
          void client.invalidateQueries({ queryKey: keys.conversations });
          latest.current.onForked(made.id);
        }, refused);
      },
      cut: (message: PlacedMessage) => {
        if (!conversationId) return;
        cutBranch(conversationId, message.id).then(async () => {
          const beside = message.siblings?.filter((id) => id !== message.id) ?? [];
          latest.current.onBranch(beside.at(-1) ?? message.parent_id);
          await client.invalidateQueries({ queryKey: keys.messages(conversationId) });
          latest.current.onCut();
        }, refused);
      },
    };
  }, [client, conversationId, runner]);

  const actions = useMemo<MessageActions>(
    () => ({
      ...acts,
      idle: !running,
      editing,
      setEditing,
      setSideBySide: (questionId) => latest.current.onSideBySide(questionId),
      againWith: (message) => setPondered({ what: "againWith", message }),
      compareWith: (message) => setPondered({ what: "compareWith", message }),
      cut: (message) => setPondered({ what: "cut", message }),
      report: (message) => setPondered({ what: "report", message }),
    }),
    [acts, editing, running],
  );
  return { actions, acts, pondered, settled: () => setPondered(null) };
}

export type Branching = ReturnType<typeof useBranching>;
