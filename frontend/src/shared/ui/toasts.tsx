import { Toast } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";

type Action = { label: string; onAct: () => void };
type Note = { id: number; text: string; tone: "calm" | "bad"; action: Action | null };
type Announce = (text: string, tone?: Note["tone"], action?: Action) => void;

const Context = createContext<Announce>(() => undefined);

/** Says something in passing, at the foot of the window and to screen readers. */
export function useToast(): Announce {
  return useContext(Context);
}

export function Toasts({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [notes, setNotes] = useState<Note[]>([]);
  const announce = useCallback<Announce>((text, tone = "calm", action) => {
    setNotes((shown) => [...shown.slice(-2), { id: (shown.at(-1)?.id ?? 0) + 1, text, tone, action: action ?? null }]);
  }, []);
  const drop = (id: number) => setNotes((shown) => shown.filter((note) => note.id !== id));
  return (
    <Context value={announce}>
      <Toast.Provider duration={5000} label={t("app.notifications")}>
        {children}
        {notes.map((note) => (
          <Toast.Root
            key={note.id}
            {...(note.action ? { duration: 9000 } : {})}
            onOpenChange={(open) => !open && drop(note.id)}
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
    </Context>
  );
}
