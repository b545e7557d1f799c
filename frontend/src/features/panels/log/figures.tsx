import { useTranslation } from "react-i18next";
import type { MessageRead } from "#shared/api/types.ts";
import { useFigures } from "#shared/lib/use-figures.ts";

/** Who wrote a speech, what it took and what it cost. */
export function Figures({ message }: { message: MessageRead }) {
  const { t } = useTranslation();
  const { number, money } = useFigures();
  const { usage, cost_usd: cost } = message;
  const parts = [
    message.model,
    usage ? t("chat.tokens", { input: number(usage.input_tokens), output: number(usage.output_tokens) }) : null,
    cost === null ? null : money(cost),
  ].filter((part) => part !== null);
  return <span className="min-w-0 break-words text-faint text-xs">{parts.join(" · ")}</span>;
}
