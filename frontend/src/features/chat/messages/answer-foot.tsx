import { useTranslation } from "react-i18next";
import { textOf } from "#features/chat/turns/turn.ts";
import type { MessageRead, Usage } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { Decision } from "./decision.tsx";

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
  const { t, i18n } = useTranslation();
  const rounded = new Intl.NumberFormat(i18n.language, {
    style: "currency",
    currency: "USD",
    maximumSignificantDigits: 2,
  });
  return <span title={t("chat.costTitle", { usd })}>{rounded.format(Number(usd))}</span>;
}

/** The quiet line under an answer: copy it, who wrote it, what it took and cost, and why this model. */
export function AnswerFoot({ message }: { message: MessageRead }) {
  const { t } = useTranslation();
  const text = textOf(message);
  return (
    <div className={cx("mt-2 flex min-h-7 flex-wrap items-center gap-x-2 text-faint text-xs", text && "-ms-1.5")}>
      {text ? <CopyButton text={text} label={t("chat.copyAnswer")} /> : null}
      {message.model ? <span className="max-w-56 truncate">{message.model}</span> : null}
      {message.usage ? (
        <>
          <span aria-hidden="true">·</span>
          <Tokens usage={message.usage} />
        </>
      ) : null}
      {message.cost_usd === null ? null : (
        <>
          <span aria-hidden="true">·</span>
          <Cost usd={message.cost_usd} />
        </>
      )}
      {message.decision ? <Decision decision={message.decision} /> : null}
    </div>
  );
}
