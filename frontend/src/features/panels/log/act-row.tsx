import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MessageRead } from "#shared/api/types.ts";
import { messageElementId } from "#shared/ui/use-target.ts";
import type { Act, Council } from "./acts.ts";
import { Figures } from "./figures.tsx";
import { useLog } from "./speaker.ts";
import { SpeechCard } from "./speech-card.tsx";

const NARROW = "mx-auto w-full max-w-[46rem] px-4 pb-7 sm:px-6";
const WIDE = "mx-auto w-full max-w-[76rem] px-4 pb-7 sm:px-6";

/** Those who spoke without hearing each other, beside each other. */
function Abreast({ messages }: { messages: readonly MessageRead[] }) {
  return (
    <div className="grid items-start gap-3 [grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr))]">
      {messages.map((message) => (
        <SpeechCard key={message.id} message={message} look="boxed" />
      ))}
    </div>
  );
}

function Folded({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  return (
    <details className="group" open={open}>
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-lg py-1.5 font-medium text-sm text-soft hover:text-ink">
        <ChevronDown
          aria-hidden="true"
          className="size-4 -rotate-90 transition-transform group-open:rotate-0 rtl:rotate-90"
        />
        {title}
      </summary>
      <div className="pt-2 pb-3">{children}</div>
    </details>
  );
}

/** A council: its outcome on top once there is one, below it what it came of. */
function CouncilRow({ council }: { council: Council }) {
  const { t } = useTranslation();
  const { answers, reviews, outcome } = council;
  return (
    <section aria-label={t("panels.council")} className={WIDE}>
      {outcome ? (
        <div className="mx-auto mb-4 max-w-[46rem]">
          <SpeechCard message={outcome} look="crowned" />
        </div>
      ) : null}
      {answers.length > 0 ? (
        <Folded title={t("panels.answers", { count: answers.length })} open={outcome?.status !== "complete"}>
          <Abreast messages={answers} />
        </Folded>
      ) : null}
      {reviews.length > 0 ? (
        <Folded title={t("panels.reviews", { count: reviews.length })} open={outcome?.status !== "complete"}>
          <p className="mb-2 text-faint text-sm">{t("panels.anonymous")}</p>
          <Abreast messages={reviews} />
        </Folded>
      ) : null}
    </section>
  );
}

/** What a moderator chose and what was bid: said to the panel alone, and paid for all the same. */
function Backstage({ messages }: { messages: readonly MessageRead[] }) {
  const { t } = useTranslation();
  return (
    <details className={`${NARROW} -mt-3 text-faint text-xs`}>
      <summary className="w-fit cursor-pointer rounded-lg py-1 hover:text-ink">
        {t(messages[0]?.speech?.role === "bid" ? "panels.bids" : "panels.choices", { count: messages.length })}
      </summary>
      <ul className="mt-1 space-y-1.5 border-line border-s-2 ps-4 text-soft">
        {messages.map((message) => (
          <li key={message.id} id={messageElementId(message.id)} tabIndex={-1} className="break-words">
            <span className="font-medium">{message.speech?.handle}</span>{" "}
            {message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join(" ")}{" "}
            {message.error ? message.error.detail : null} <Figures message={message} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Replaced({ message }: { message: MessageRead }) {
  const { t } = useTranslation();
  return (
    <div className={`${NARROW} -mt-3`}>
      <Folded title={t("panels.replaced", { name: message.speech?.handle ?? "" })} open={false}>
        <SpeechCard message={message} look="boxed" />
      </Folded>
    </div>
  );
}

function Said({ message }: { message: MessageRead }) {
  const { t } = useTranslation();
  const { render } = useLog();
  return (
    <article
      id={messageElementId(message.id)}
      tabIndex={-1}
      aria-label={t("panels.you")}
      className={`${NARROW} flex justify-end`}
    >
      <div className="min-w-0 max-w-[85%] whitespace-pre-wrap break-words rounded-[1.4rem] rounded-ee-md bg-bubble px-4 py-2.5">
        {render(message)}
      </div>
    </article>
  );
}

export function ActRow({ act }: { act: Act }) {
  switch (act.kind) {
    case "said":
      return <Said message={act.message} />;
    case "council":
      return <CouncilRow council={act} />;
    case "abreast":
      return (
        <div className={WIDE}>
          <Abreast messages={act.messages} />
        </div>
      );
    case "backstage":
      return <Backstage messages={act.messages} />;
    case "replaced":
      return <Replaced message={act.message} />;
    case "speech": {
      const isVerdict = act.message.speech?.role === "verdict";
      return (
        <div className={NARROW}>
          <SpeechCard message={act.message} look={isVerdict ? "crowned" : "plain"} />
        </div>
      );
    }
  }
}
