import { Toast } from "radix-ui";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import type { Note } from "./toasts.tsx";

type ToastListProps = { notes: readonly Note[]; onDrop: (id: number) => void };

/** What was said in passing and is still to be seen. */
export function ToastList({ notes, onDrop }: ToastListProps) {
  const { t } = useTranslation();
  return (
    <Toast.Provider duration={5000} label={t("app.notifications")}>
      {notes.map((note) => (
        <Toast.Root
          key={note.id}
          {...(note.action ? { duration: 9000 } : {})}
          onOpenChange={(open) => !open && onDrop(note.id)}
          className={cx(
            "flex animate-rise items-center gap-3 rounded-xl px-4 py-2.5 text-sm shadow-float",
            note.tone === "bad" ? "border border-danger-line bg-danger-wash text-ink" : "bg-ink text-page",
          )}
        >
          <Toast.Description>{note.text}</Toast.Description>
          {note.action ? (
            <Toast.Action
              altText={note.action.label}
              onClick={note.action.onAct}
              className="-me-1.5 rounded-lg px-2 py-0.5 font-medium underline underline-offset-4"
            >
              {note.action.label}
            </Toast.Action>
          ) : null}
        </Toast.Root>
      ))}
      <Toast.Viewport
        label={t("app.notifications")}
        className="fixed inset-x-0 bottom-40 z-50 md:bottom-28 mx-auto flex w-fit max-w-[calc(100vw-2rem)] flex-col items-center gap-2 outline-none"
      />
    </Toast.Provider>
  );
}
