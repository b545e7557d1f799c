import { memo } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { messageElementId } from "#shared/ui/use-target.ts";
import { Answer } from "./answer.tsx";
import { Comparison } from "./comparison.tsx";
import type { Row } from "./rows.ts";
import { UserMessage } from "./user-message.tsx";

type MessageRowProps = {
  row: Row;
  position: number;
  total: number;
  sideBySide: boolean;
  marked: boolean;
  last: boolean;
};

/** One message as an article, named by its speaker and time. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { row, position, total, sideBySide, marked, last } = props;
  const { t, i18n } = useTranslation();
  const { message, live, beside } = row;
  const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: "short" }).format(new Date(message.created_at));
  const label =
    message.role === "user"
      ? t("chat.youAt", { time })
      : t("chat.assistantAt", { model: message.model ?? t("chat.assistant"), time });
  const several = beside !== null || (sideBySide && (message.siblings?.length ?? 0) > 1);
  return (
    <article
      id={messageElementId(message.id)}
      tabIndex={marked ? -1 : undefined}
      aria-label={label}
      aria-posinset={position}
      aria-setsize={total}
      aria-busy={live !== null}
      className={cx(
        "mx-auto w-full px-4 pb-5 sm:px-6",
        several ? "max-w-[110rem]" : "max-w-[46rem]",
        marked &&
          "relative outline-none before:absolute before:start-0 before:top-0 before:bottom-4 before:w-1 before:rounded-full before:bg-bronze",
      )}
    >
      {message.role === "user" ? <UserMessage message={message} /> : null}
      {message.role === "user" || several ? null : (
        <Answer message={message} reconnecting={live?.link === "reconnecting"} last={last} />
      )}
      {several ? <Comparison row={row} /> : null}
    </article>
  );
});
