import { ArrowRight, RotateCcw } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { textOf } from "#features/chat/turns/turn.ts";
import { Button } from "#shared/ui/button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { canGoOn, endOf } from "./answer-end.ts";
import { AnswerFoot } from "./answer-foot.tsx";
import { AskedBack } from "./asked-back.tsx";
import { useMessageActions } from "./message-actions.ts";
import { MessageParts } from "./message-parts.tsx";
import { RecapNote } from "./recap-note.tsx";

type AnswerProps = { message: PlacedMessage; reconnecting: boolean };

type WholeAnswerProps = AnswerProps & { last: boolean };

/** What a model said, and how it ended, without what can be done with it. */
export function AnswerBody({ message, reconnecting }: AnswerProps) {
  const { t } = useTranslation();
  const { again, goOn, idle } = useMessageActions();
  const growing = message.status === "streaming";
  const end = endOf(message);
  const kept = idle && message.siblings !== undefined;
  const cut = kept && canGoOn(message) && textOf(message) !== "";
  const onward = cut ? (
    <Button className="h-8 self-start" onClick={() => goOn(message)}>
      <ArrowRight aria-hidden="true" className="size-3.5 rtl:-scale-x-100" />
      {t("tree.continue")}
    </Button>
  ) : null;
  return (
    <>
      <div className="space-y-3">
        {growing && message.parts.length === 0 ? (
          <p className="animate-breathe text-faint">{t("chat.waiting")}</p>
        ) : (
          <MessageParts parts={message.parts} growing={growing} />
        )}
      </div>
      {reconnecting ? <p className="mt-3 text-bronze text-sm">{t("chat.reconnecting")}</p> : null}
      {end ? (
        <div className="mt-3 flex flex-wrap items-center gap-3 text-faint text-sm">
          <p>{t(`chat.${end}`)}</p>
          {message.error ? null : onward}
        </div>
      ) : null}
      {message.error ? (
        <ProblemNote
          className="mt-3"
          error={{ code: message.error.code, message: message.error.detail, retryAfterS: null, requestId: null }}
          action={
            <>
              {kept ? (
                <Button className="h-8 self-start" onClick={() => again(message)}>
                  <RotateCcw aria-hidden="true" className="size-3.5" />
                  {t("chat.sendAgain")}
                </Button>
              ) : null}
              {onward}
            </>
          }
        />
      ) : null}
    </>
  );
}

/** A model's answer, the whole width of the column. */
export const Answer = memo(function Answer({ message, reconnecting, last }: WholeAnswerProps) {
  const growing = message.status === "streaming";
  return (
    <div className="flex gap-3 sm:gap-4">
      <Mark className={`mt-0.5 size-6 shrink-0 max-sm:hidden ${growing ? "animate-breathe" : ""}`} />
      <div className="min-w-0 flex-1">
        <AnswerBody message={message} reconnecting={reconnecting} />
        <AskedBack message={message} last={last} />
        {growing ? null : <AnswerFoot message={message} />}
        {message.recap ? <RecapNote recap={message.recap} last={last} /> : null}
      </div>
    </div>
  );
});
