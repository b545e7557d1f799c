import { RotateCcw } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { MessageRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { messageElementId } from "#shared/ui/use-target.ts";
import { Figures } from "./figures.tsx";
import { faceOf, useLog } from "./speaker.ts";

function textOf(message: MessageRead): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}

function Foot({ message }: { message: MessageRead }) {
  const { t } = useTranslation();
  const { onRetry } = useLog();
  const text = textOf(message);
  return (
    <footer className="mt-2 flex min-h-7 flex-wrap items-center gap-x-1.5">
      {text ? <CopyButton text={text} label={t("chat.copyAnswer")} className="-ms-1.5" /> : null}
      {onRetry && message.speech ? (
        <IconButton icon="again" size="small" label={t("panels.retry")} onClick={() => onRetry(message)} />
      ) : null}
      <Figures message={message} />
      {message.speech ? (
        <details className="text-faint text-xs [&[open]]:basis-full">
          <summary className="w-fit cursor-pointer rounded-lg px-1 py-1 hover:text-ink">{t("panels.why")}</summary>
          <p className="mt-0.5 mb-1 border-line border-s-2 ps-3 text-soft">{message.speech.why}</p>
        </details>
      ) : null}
    </footer>
  );
}

/** What became of it: cut short, written on for others, or failed. */
function Aftermath({ message, name }: { message: MessageRead; name: string }) {
  const { t } = useTranslation();
  const { onRetry } = useLog();
  return (
    <>
      {message.status === "stopped" ? <p className="mt-3 text-faint text-sm">{t("panels.cutShort")}</p> : null}
      {message.status === "interrupted" ? <p className="mt-3 text-faint text-sm">{t("chat.interrupted")}</p> : null}
      {message.speech?.impersonated ? (
        <p className="mt-3 text-bronze text-sm">
          {t("panels.impersonated", { name: name, other: message.speech.impersonated })}
        </p>
      ) : null}
      {message.error ? (
        <ProblemNote
          className="mt-3"
          error={{ code: message.error.code, message: message.error.detail, retryAfterS: null, requestId: null }}
          action={
            onRetry ? (
              <Button className="h-8 self-start" onClick={() => onRetry(message)}>
                <RotateCcw aria-hidden="true" className="size-3.5" />
                {t("panels.retry")}
              </Button>
            ) : null
          }
        />
      ) : null}
    </>
  );
}

type SpeechCardProps = { message: MessageRead; look?: "plain" | "boxed" | "crowned" };

/** One speech under its speaker's coloured header. What went wrong with it stays with it. */
export const SpeechCard = memo(function SpeechCard({ message, look = "plain" }: SpeechCardProps) {
  const { t } = useTranslation();
  const { participants, render } = useLog();
  const face = faceOf(participants, message);
  const growing = message.status === "streaming";
  const role = message.speech && message.speech.role !== "answer" ? t(`panels.role.${message.speech.role}`) : null;
  const isBoxed = look !== "plain";
  return (
    <article
      id={messageElementId(message.id)}
      tabIndex={-1}
      aria-label={role ? `${face.name}, ${role}` : face.name}
      aria-busy={growing}
      className={cx("min-w-0", isBoxed && "rounded-card border bg-card px-4 py-3.5", look === "boxed" && "border-line")}
      style={look === "crowned" ? { borderColor: face.colour, boxShadow: "var(--shadow-lift)" } : undefined}
    >
      <header
        className="flex items-center gap-2.5 border-b-2 pb-2"
        style={{ borderColor: `color-mix(in oklab, ${face.colour} 55%, transparent)` }}
      >
        <Portrait {...face} {...(growing ? { className: "animate-breathe" } : {})} />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-semibold">{face.name}</span>
            {role ? <span className="text-soft text-xs">{role}</span> : null}
          </span>
          {growing && message.model ? <span className="block truncate text-faint text-xs">{message.model}</span> : null}
        </span>
      </header>
      <div className="mt-3 space-y-3">
        {growing && message.parts.length === 0 ? (
          <p className="animate-breathe text-faint">{t("chat.waiting")}</p>
        ) : (
          render(message)
        )}
      </div>
      <Aftermath message={message} name={face.name} />
      {growing ? null : <Foot message={message} />}
    </article>
  );
});
