import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { closedByEscape } from "#shared/ui/escape.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { useFocusReturn } from "#shared/ui/use-focus-return.ts";

type DrawerProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  lead?: string;
  /** Whether it is there to be filled in: then its first field has the focus, and else the drawer itself. */
  isForm?: boolean;
  children: ReactNode;
};

function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** One thing in detail, beside the list that it is of; the focus goes back there when it closes. */
export function Drawer({ open, onClose, title, lead, isForm = false, children }: DrawerProps) {
  const { t } = useTranslation();
  const focus = useFocusReturn(open);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-veil" />
        <Radix.Content
          {...focus}
          {...closedByEscape(onClose)}
          {...(isForm ? {} : { onOpenAutoFocus: focusItself })}
          {...(lead ? {} : { "aria-describedby": undefined })}
          className="fixed inset-y-0 end-0 z-40 flex w-[min(34rem,100vw)] animate-fade flex-col border-line border-s bg-page shadow-float outline-none"
        >
          <div className="flex items-start gap-3 border-line border-b px-5 py-4">
            <div className="min-w-0 flex-1">
              <Radix.Title className="break-words font-display text-xl leading-snug">{title}</Radix.Title>
              {lead ? <Radix.Description className="mt-0.5 text-sm text-soft">{lead}</Radix.Description> : null}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label={t("app.close")} size="small" />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What is known of a thing, name by name. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-2 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
