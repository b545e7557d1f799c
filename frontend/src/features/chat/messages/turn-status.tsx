import { useTranslation } from "react-i18next";
import { textOf } from "#features/chat/turns/turn.ts";
import type { MessageRead } from "#shared/api/types.ts";

function spoken(message: MessageRead): string {
  return textOf(message)
    .replace(/[*_`#>|~]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

type TurnStatusProps = { running: boolean; last: MessageRead | undefined; followed: boolean };

/**
 * Says to screen readers when an answer begins and ends, and the finished answer once: speaking every delta would
 * drown everything else.
 */
export function TurnStatus({ running, last, followed }: TurnStatusProps) {
  const { t } = useTranslation();
  let text = "";
  if (running) text = t("chat.statusStarted");
  else if (followed && last?.role === "assistant") {
    if (last.status === "failed") text = t("chat.statusFailed");
    else if (last.status === "stopped") text = t("chat.statusStopped");
    else text = t("chat.statusFinished", { text: spoken(last) });
  }
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}
