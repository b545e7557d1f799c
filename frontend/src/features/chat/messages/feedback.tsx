import { Popover } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { Button } from "#shared/ui/button.tsx";
import { closedByEscape } from "#shared/ui/escape.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { useMessageActions } from "./message-actions.ts";

const CHOSEN = "aria-pressed:bg-accent-wash aria-pressed:text-accent";

/** Thumbs up or down; after a thumb one may say why. Pressed again, it is taken back. */
export function FeedbackButtons({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const { judge } = useMessageActions();
  const [asking, setAsking] = useState(false);
  const given = message.feedback;
  const press = (good: boolean) => {
    if (given?.good === good) {
      judge(message, null);
      setAsking(false);
      return;
    }
    judge(message, { good, text: null });
    setAsking(true);
  };
  return (
    <Popover.Root open={asking} onOpenChange={setAsking}>
      <Popover.Anchor asChild>
        <span className="flex items-center">
          <IconButton
            icon="thumb-up"
            size="small"
            label={t("feedback.good")}
            aria-pressed={given?.good === true}
            onClick={() => press(true)}
            className={CHOSEN}
          />
          <IconButton
            icon="thumb-down"
            size="small"
            label={t("feedback.bad")}
            aria-pressed={given?.good === false}
            onClick={() => press(false)}
            className={CHOSEN}
          />
        </span>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t("feedback.why")}
          {...closedByEscape(setAsking)}
          className="z-50 w-[min(22rem,calc(100vw-1.5rem))] animate-rise rounded-card border border-line bg-card p-3 shadow-float"
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const text = String(new FormData(event.currentTarget).get("text") ?? "").trim();
              if (given && text) judge(message, { good: given.good, text });
              setAsking(false);
            }}
          >
            <label className="block text-sm">
              <span className="font-medium">{t("feedback.why")}</span>
              <span className="mt-0.5 block text-faint text-xs">{t("feedback.hint")}</span>
              <textarea
                name="text"
                dir="auto"
                rows={3}
                maxLength={4000}
                defaultValue={given?.text ?? ""}
                className="mt-2 block w-full resize-none rounded-xl border border-line bg-page px-3 py-2 text-sm outline-none focus:border-control"
              />
            </label>
            <div className="mt-2 flex justify-end gap-2">
              <Button look="quiet" className="h-8" onClick={() => setAsking(false)}>
                {t("feedback.skip")}
              </Button>
              <Button type="submit" look="primary" className="h-8">
                {t("feedback.send")}
              </Button>
            </div>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
