import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { closedByEscape } from "./escape.ts";
import { useFocusReturn } from "./use-focus-return.ts";

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead?: string;
  children: ReactNode;
};

/** A modal dialog; it takes the focus and gives it back to where it came from. */
export function Dialog({ open, onOpenChange, title, lead, children }: DialogProps) {
  const { t } = useTranslation();
  const focus = useFocusReturn(open);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-veil backdrop-blur-[2px]" />
        <Radix.Content
          {...focus}
          {...closedByEscape(onOpenChange)}
          {...(lead ? {} : { "aria-describedby": undefined })}
          className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[min(27rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-card border border-line bg-card p-6 shadow-float outline-none"
        >
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="font-semibold text-[1.0625rem] leading-snug">{title}</Radix.Title>
            <Radix.Close asChild>
              <button
                type="button"
                aria-label={t("app.close")}
                className="-me-1.5 -mt-0.5 grid size-7 shrink-0 place-items-center rounded-lg text-soft hover:bg-hover hover:text-ink"
              >
                <X aria-hidden="true" className="size-4" />
              </button>
            </Radix.Close>
          </div>
          {lead ? <Radix.Description className="mt-1.5 text-sm text-soft">{lead}</Radix.Description> : null}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
