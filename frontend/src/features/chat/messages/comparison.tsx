import { useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { messageQuery } from "#features/chat/turns/api.ts";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { textOf } from "#features/chat/turns/turn.ts";
import { Button } from "#shared/ui/button.tsx";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { AnswerBody } from "./answer.tsx";
import { AnswerFacts } from "./answer-foot.tsx";
import { useMessageActions } from "./message-actions.ts";
import type { Row } from "./rows.ts";

/** So many columns can still be read. */
const MOST = 4;

type ColumnProps = { id: string; message: PlacedMessage | undefined; reconnecting: boolean; shown: boolean };

/** One of the answers, with the way to go on with it. */
function Column({ id, message, reconnecting, shown }: ColumnProps) {
  const { t } = useTranslation();
  const { idle, take } = useMessageActions();
  const heading = useId();
  const growing = message?.status === "streaming";
  const text = message ? textOf(message) : "";
  return (
    <section
      id={`answer-${id}`}
      aria-labelledby={heading}
      aria-busy={growing}
      className="flex w-[86%] shrink-0 snap-center flex-col rounded-card border border-line bg-card md:w-auto md:min-w-0 md:flex-1"
    >
      <h3 id={heading} className="truncate border-line border-b px-4 py-2.5 font-medium text-sm">
        {message?.model ?? t("chat.assistant")}
      </h3>
      <div className="min-w-0 flex-1 px-4 py-3">
        {message ? (
          <AnswerBody message={message} reconnecting={reconnecting} />
        ) : (
          <div aria-hidden="true" className="animate-late space-y-3">
            <div className="h-4 w-11/12 rounded-md bg-hover" />
            <div className="h-4 w-3/4 rounded-md bg-hover" />
          </div>
        )}
      </div>
      <div className="flex min-h-12 flex-wrap items-center gap-x-2 gap-y-1 border-line border-t px-3 py-2 text-faint text-xs">
        {message && !growing ? <AnswerFacts message={message} withModel={false} /> : null}
        <span className="me-auto" />
        {text && !growing ? <CopyButton text={text} label={t("chat.copyAnswer")} /> : null}
        {idle && message ? (
          <Button look={shown ? "primary" : "plain"} className="h-8" onClick={() => take(message)}>
            <Check aria-hidden="true" className="size-3.5" />
            {t("compare.choose")}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

function KeptColumn({ conversationId, id, message }: { conversationId: string; id: string; message: PlacedMessage }) {
  const kept = useQuery({ ...messageQuery(conversationId, id), enabled: id !== message.id });
  const shown = id === message.id;
  return <Column id={id} message={shown ? message : kept.data} reconnecting={false} shown={shown} />;
}

/** Several answers to one question: columns, or on a phone cards to be swiped through, with a tab for each. */
export function Comparison({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { idle, setSideBySide } = useMessageActions();
  const strip = useRef<HTMLDivElement>(null);
  const { message, beside } = row;
  const ids = beside?.map((one) => one.message.id) ?? message.siblings?.slice(-MOST) ?? [];
  const toColumn = (index: number) => {
    strip.current?.children[index]?.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "center" });
  };
  return (
    <section aria-label={t("compare.label", { count: ids.length })} className="space-y-2">
      <div className="flex items-center gap-1">
        <h2 className="me-auto font-medium text-soft text-sm">{t("compare.label", { count: ids.length })}</h2>
        {ids.map((id, index) => (
          <Button key={id} look="quiet" className="h-8 px-2.5 md:hidden" onClick={() => toColumn(index)}>
            <span className="sr-only">{t("compare.jump")}</span>
            {index + 1}
          </Button>
        ))}
        {idle ? (
          <IconButton icon={X} size="small" label={t("compare.hide")} onClick={() => setSideBySide(null)} />
        ) : null}
      </div>
      <div
        ref={strip}
        className="flex snap-x snap-mandatory items-stretch gap-3 overflow-x-auto pb-2 md:snap-none md:overflow-visible md:pb-0"
      >
        {beside
          ? beside.map(({ message: answer, live }, slot) => (
              <Column
                // biome-ignore lint/suspicious/noArrayIndexKey: an answer keeps its slot, while its id is yet to come.
                key={slot}
                id={answer.id}
                message={answer}
                reconnecting={live.link === "reconnecting"}
                shown={slot === 0}
              />
            ))
          : ids.map((id, slot) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <KeptColumn key={slot} conversationId={message.conversation_id} id={id} message={message} />
            ))}
      </div>
    </section>
  );
}
