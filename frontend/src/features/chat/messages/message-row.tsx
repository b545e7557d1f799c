import { useTranslation } from "react-i18next";
import { Answer } from "./answer.tsx";
import type { Row } from "./rows.ts";
import { UserMessage } from "./user-message.tsx";

type MessageRowProps = { row: Row; position: number; total: number; onSendAgain: (() => void) | null };

/** One message as an article, named by its speaker and time. */
export function MessageRow({ row, position, total, onSendAgain }: MessageRowProps) {
  const { t, i18n } = useTranslation();
  const { message, live } = row;
  const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: "short" }).format(new Date(message.created_at));
  const label =
    message.role === "user"
      ? t("chat.youAt", { time })
      : t("chat.assistantAt", { model: message.model ?? t("chat.assistant"), time });
  return (
    <article
      aria-label={label}
      aria-posinset={position}
      aria-setsize={total}
      aria-busy={live !== null}
      className="mx-auto w-full max-w-[46rem] px-4 pb-7 sm:px-6"
    >
      {message.role === "user" ? (
        <UserMessage message={message} />
      ) : (
        <Answer message={message} reconnecting={live?.link === "reconnecting"} onSendAgain={onSendAgain} />
      )}
    </article>
  );
}
