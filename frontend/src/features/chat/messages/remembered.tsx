import { Brain } from "lucide-react";
import { Popover } from "radix-ui";
import { type ComponentType, createContext, Suspense, useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { closedByEscape } from "#shared/ui/escape.ts";

type ShownProps = { ids: readonly string[] };

/** What lists memories; outside a conversation of one's own there is nothing that does. */
export const ShownMemoriesContext = createContext<ComponentType<ShownProps> | null>(null);

/** Says how many memories the model was shown for an answer, and opens them. */
export function Remembered({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const Shown = useContext(ShownMemoriesContext);
  const [open, setOpen] = useState(false);
  const ids = message.memories;
  if (ids.length === 0 || Shown === null) return null;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex items-center gap-1 rounded-lg px-1.5 py-1 hover:bg-hover hover:text-ink">
        <Brain aria-hidden="true" className="size-3.5" />
        {t("context.memoriesShown", { count: ids.length })}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t("context.memories")}
          {...closedByEscape(setOpen)}
          className="z-40 max-h-[min(24rem,var(--radix-popover-content-available-height))] w-[min(24rem,calc(100vw-1.5rem))] animate-rise overflow-y-auto rounded-card border border-line bg-card p-4 text-sm shadow-float outline-none"
        >
          <Suspense fallback={<p aria-busy="true">{t("app.loading")}</p>}>
            <Shown ids={ids} />
          </Suspense>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
