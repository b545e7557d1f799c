import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { closedByEscape } from "#shared/ui/escape.ts";

type DrawerProps = { open: boolean; onOpenChange: (open: boolean) => void; children: ReactNode };

/** The sidebar on a narrow screen: over the page, and gone once one has gone somewhere. */
export function Drawer({ open, onOpenChange, children }: DrawerProps) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 animate-fade bg-veil" />
        <Dialog.Content
          {...closedByEscape(onOpenChange)}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The drawer itself, not its first button, whose tooltip would cover what one came for.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          className="fixed inset-y-0 start-0 z-40 w-[min(19rem,86vw)] animate-slide overflow-hidden rounded-e-2xl shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">{t("sidebar.label")}</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
