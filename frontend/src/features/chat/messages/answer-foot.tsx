import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { textOf } from "#features/chat/turns/turn.ts";
import type { Usage } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { useFigures } from "#shared/lib/use-figures.ts";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { AnsweredWith } from "./answered-with.tsx";
import { CachedBadge } from "./cached-badge.tsx";
import { Decision } from "./decision.tsx";
import { FeedbackButtons } from "./feedback.tsx";
import { useMessageActions } from "./message-actions.ts";
import { MessageMenu } from "./message-menu.tsx";
import { Remembered } from "./remembered.tsx";
import { Versions } from "./versions.tsx";

function Tokens({ usage }: { usage: Usage }) {
  const { t, i18n } = useTranslation();
  const number = (count: number) => new Intl.NumberFormat(i18n.language).format(count);
  const more = [
    usage.cached_tokens > 0 ? t("chat.cached", { number: number(usage.cached_tokens) }) : null,
    usage.reasoning_tokens > 0 ? t("chat.reasoning", { number: number(usage.reasoning_tokens) }) : null,
  ].filter((part) => part !== null);
  return (
    <span title={[t("chat.tokensTitle"), ...more].join(" · ")}>
      {t("chat.tokens", { input: number(usage.input_tokens), output: number(usage.output_tokens) })}
    </span>
  );
}

function Cost({ usd }: { usd: string }) {
  const { t } = useTranslation();
  const { money } = useFigures();
  return <span title={t("chat.costTitle", { usd })}>{money(usd)}</span>;
}

/** Who wrote an answer, and what it took and cost. */
export function AnswerFacts({ message, withModel = true }: { message: PlacedMessage; withModel?: boolean }) {
  const { model, usage, cost_usd: cost } = message;
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-x-3">
      {model && withModel ? <span className="max-w-56 truncate">{model}</span> : null}
      {usage ? <Tokens usage={usage} /> : null}
      {cost === null ? null : <Cost usd={cost} />}
    </span>
  );
}

/** The quiet line under an answer: its versions, what can be done with it, who wrote it, and why this model. */
export function AnswerFoot({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const { again, idle } = useMessageActions();
  const text = textOf(message);
  const kept = message.siblings !== undefined;
  // No model is asked for a question back.
  const asked = message.clarification === null;
  return (
    <div className="mt-2 flex min-h-7 flex-wrap items-center gap-x-2 text-faint text-xs">
      <div className={cx("flex items-center", text && "-ms-1.5")}>
        <Versions message={message} />
        {text ? <CopyButton text={text} label={t("chat.copyAnswer")} /> : null}
        {kept && idle ? (
          <IconButton icon="again" size="small" label={t("tree.again")} onClick={() => again(message)} />
        ) : null}
        {kept ? <FeedbackButtons message={message} /> : null}
        {kept ? <MessageMenu message={message} /> : null}
      </div>
      <CachedBadge message={message} />
      {message.prompt && asked ? <AnsweredWith prompt={message.prompt} /> : null}
      {asked ? <AnswerFacts message={message} /> : null}
      <Remembered message={message} />
      {message.decision ? <Decision decision={message.decision} /> : null}
    </div>
  );
}
