import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { Button } from "#shared/ui/button.tsx";
import { useMessageActions } from "./message-actions.ts";

type AskedBackProps = { message: PlacedMessage; last: boolean };

/** Under a question back: what may be meant, each as a button that says it. Anything else may be written below. */
export function AskedBack({ message, last }: AskedBackProps) {
  const { t } = useTranslation();
  const { idle, say } = useMessageActions();
  const choices = message.clarification?.choices;
  if (!choices) return null;
  const open = last && idle;
  return (
    <div className="mt-3 text-sm">
      {open && choices.length > 0 ? (
        <ul aria-label={t("askedBack.choices")} className="flex flex-wrap gap-2">
          {choices.map((choice) => (
            <li key={choice} className="min-w-0 max-w-full">
              <Button
                className="h-auto min-h-9 max-w-full whitespace-normal py-1.5 text-start"
                onClick={() => say(choice)}
              >
                <bdi className="min-w-0 [overflow-wrap:anywhere]">{choice}</bdi>
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="mt-2 text-faint text-xs">
        {open ? t(choices.length > 0 ? "askedBack.orWrite" : "askedBack.write") : t("askedBack.was")}
      </p>
    </div>
  );
}
