import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { closedByEscape } from "./escape.ts";
import { useFocusReturn } from "./use-focus-return.ts";

type DrawerProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead?: string;
  children: ReactNode;
};

/** A dialog at the end of the window, for what is looked at beside the page; on a phone it covers it. */
export function Drawer({ open, onOpenChange, title, lead, children }: DrawerProps) {
  const { t } = useTranslation();
  const focus = useFocusReturn(open);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-veil" />
        <Radix.Content
          {...focus}
          {...closedByEscape(onOpenChange)}
          {...(lead ? {} : { "aria-describedby": undefined })}
          className="fixed inset-y-0 end-0 z-50 flex w-[min(30rem,100vw)] animate-fade flex-col border-line border-s bg-card shadow-float outline-none"
        >
          <div className="flex items-start justify-between gap-4 px-5 pt-5 pb-3">
            <div className="min-w-0">
              <Radix.Title className="font-semibold text-[1.0625rem] leading-snug">{title}</Radix.Title>
              {lead ? <Radix.Description className="mt-1 text-sm text-soft">{lead}</Radix.Description> : null}
            </div>
            <Radix.Close asChild>
              <button
                type="button"
                aria-label={t("app.close")}
                className="-me-1.5 -mt-0.5 grid size-8 shrink-0 place-items-center rounded-lg text-soft hover:bg-hover hover:text-ink"
              >
                <X aria-hidden="true" className="size-4" />
              </button>
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-6">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
