import { ChevronLeft, ChevronRight, Columns2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { useMessageActions } from "./message-actions.ts";

/** Which of several versions of a message is shown, and the way to the others: buttons, or the arrow keys on them. */
export function Versions({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const { choose, idle, setSideBySide } = useMessageActions();
  const { siblings = [], sibling_index: at = 0 } = message;
  if (siblings.length < 2) return null;
  const go = (step: number) => {
    const next = siblings[at + step];
    if (next) choose(next);
  };
  const isAnswer = message.role === "assistant";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form; this is a group of buttons.
    <div
      role="group"
      dir="ltr"
      aria-label={t("tree.versions", { number: at + 1, total: siblings.length })}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") go(-1);
        else if (event.key === "ArrowRight") go(1);
        else return;
        event.preventDefault();
      }}
      className="flex items-center text-faint text-xs tabular-nums"
    >
      <IconButton
        icon={ChevronLeft}
        size="small"
        label={t("tree.previous")}
        hint="←"
        aria-disabled={at === 0}
        onClick={() => go(-1)}
        className="aria-disabled:opacity-40"
      />
      <span aria-hidden="true">
        {at + 1}/{siblings.length}
      </span>
      <IconButton
        icon={ChevronRight}
        size="small"
        label={t("tree.next")}
        hint="→"
        aria-disabled={at === siblings.length - 1}
        onClick={() => go(1)}
        className="aria-disabled:opacity-40"
      />
      {isAnswer && message.parent_id ? (
        <IconButton
          icon={Columns2}
          size="small"
          label={t("compare.show")}
          disabled={!idle}
          onClick={() => setSideBySide(message.parent_id)}
        />
      ) : null}
    </div>
  );
}
