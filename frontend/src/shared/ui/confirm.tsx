import { AlertDialog } from "radix-ui";
import { useTranslation } from "react-i18next";
import { Button } from "./button.tsx";
import { closedByEscape } from "./escape.ts";
import { useFocusReturn } from "./use-focus-return.ts";

type ConfirmProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
};

/** Asks before something that cannot be undone. */
export function Confirm({ open, onOpenChange, title, text, action, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  const focus = useFocusReturn(open);
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 animate-fade bg-veil backdrop-blur-[2px]" />
        <AlertDialog.Content
          {...focus}
          {...closedByEscape(onOpenChange)}
          className="fixed top-1/2 left-1/2 z-50 w-[min(25rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-card border border-line bg-card p-6 shadow-float outline-none"
        >
          <AlertDialog.Title className="font-semibold text-[1.0625rem]">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 break-words text-sm text-soft">{text}</AlertDialog.Description>
          <div className="mt-6 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{t("app.cancel")}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="danger" onClick={onConfirm}>
                {action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
