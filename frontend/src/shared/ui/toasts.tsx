import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from "react";

type Action = { label: string; onAct: () => void };
export type Note = { id: number; text: string; tone: "calm" | "bad"; action: Action | null };
type Announce = (text: string, tone?: Note["tone"], action?: Action) => void;

const Context = createContext<Announce>(() => undefined);

// Asked for at once, though nothing waits for it: what is announced may be that nothing can be fetched any more.
const list = import("./toast-list.tsx");
const ToastList = lazy(async () => ({ default: (await list).ToastList }));

/** Says something in passing, at the foot of the window and to screen readers. */
export function useToast(): Announce {
  return useContext(Context);
}

export function Toasts({ children }: { children: ReactNode }) {
  const [notes, setNotes] = useState<Note[] | null>(null);
  const announce = useCallback<Announce>((text, tone = "calm", action) => {
    setNotes((shown) => [
      ...(shown ?? []).slice(-2),
      { id: (shown?.at(-1)?.id ?? 0) + 1, text, tone, action: action ?? null },
    ]);
  }, []);
  const drop = (id: number) => setNotes((shown) => shown?.filter((note) => note.id !== id) ?? null);
  return (
    <Context value={announce}>
      {children}
      {notes ? (
        <Suspense fallback={null}>
          <ToastList notes={notes} onDrop={drop} />
        </Suspense>
      ) : null}
    </Context>
  );
}
