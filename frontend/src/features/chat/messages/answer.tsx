import { RotateCcw } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { MessageRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { endOf } from "./answer-end.ts";
import { AnswerFoot } from "./answer-foot.tsx";
import { MessageParts } from "./message-parts.tsx";

type AnswerProps = { message: MessageRead; reconnecting: boolean; onSendAgain: (() => void) | null };

/** A model's answer, the whole width of the column. */
export const Answer = memo(function Answer({ message, reconnecting, onSendAgain }: AnswerProps) {
  const { t } = useTranslation();
  const growing = message.status === "streaming";
  const end = endOf(message);
  return (
    <div className="flex gap-3 sm:gap-4">
      <Mark className={`mt-0.5 size-6 shrink-0 max-sm:hidden ${growing ? "animate-breathe" : ""}`} />
      <div className="min-w-0 flex-1">
        <div className="space-y-3">
          {growing && message.parts.length === 0 ? (
            <p className="animate-breathe text-faint">{t("chat.waiting")}</p>
          ) : (
            <MessageParts parts={message.parts} growing={growing} />
          )}
        </div>
        {reconnecting ? <p className="mt-3 text-bronze text-sm">{t("chat.reconnecting")}</p> : null}
        {end ? <p className="mt-3 text-faint text-sm">{t(`chat.${end}`)}</p> : null}
        {message.error ? (
          <ProblemNote
            className="mt-3"
            error={{ code: message.error.code, message: message.error.detail, retryAfterS: null, requestId: null }}
            action={
              onSendAgain ? (
                <Button className="h-8 self-start" onClick={onSendAgain}>
                  <RotateCcw aria-hidden="true" className="size-3.5" />
                  {t("chat.sendAgain")}
                </Button>
              ) : null
            }
          />
        ) : null}
        {growing ? null : <AnswerFoot message={message} />}
      </div>
    </div>
  );
});
