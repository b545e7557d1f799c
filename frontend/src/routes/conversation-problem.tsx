import { Link, Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { WaitingMessages } from "#features/chat/outbox/waiting-messages.tsx";
import { NEW_CHAT } from "#features/chat/turns/live-turns.ts";
import type { ApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { ChatHeader } from "./chat-header.tsx";

type ConversationProblemProps = { error: ApiError; conversationId: string | null; onRetry: () => void };

/** In place of a conversation that cannot be shown. */
export function ConversationProblem({ error, conversationId, onRetry }: ConversationProblemProps) {
  const { t } = useTranslation();
  // The branch of the address was deleted: there are others.
  if (error.code === "message_not_found" && conversationId) {
    return <Navigate to="/c/$conversationId" params={{ conversationId }} search={{}} replace />;
  }
  const gone = error.status === 404 || error.status === 422;
  return (
    <>
      <ChatHeader title={null} />
      <div className="mx-auto my-auto w-full max-w-md space-y-5 px-5 pb-24 text-center">
        {gone ? (
          <>
            <h1 className="font-display text-2xl">{t("chat.notFoundTitle")}</h1>
            <p className="text-soft">{t("chat.notFoundHint")}</p>
            <Link
              to="/"
              className="inline-flex h-10 items-center rounded-xl bg-accent px-4 font-medium text-on-accent text-sm"
            >
              {t("sidebar.newChat")}
            </Link>
            <WaitingMessages place={NEW_CHAT} />
          </>
        ) : (
          <ProblemNote
            error={error}
            className="text-start"
            action={
              <Button className="self-start" onClick={onRetry}>
                {t("app.retry")}
              </Button>
            }
          />
        )}
      </div>
    </>
  );
}
