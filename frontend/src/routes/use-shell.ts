import { type RefObject, useMemo, useState } from "react";
import { readStored, writeStored } from "#shared/lib/storage.ts";
import { useMedia } from "#shared/lib/use-media.ts";
import { useShortcuts } from "#shared/lib/use-shortcuts.ts";

const KEY = "chimera.sidebar";

type ShellOptions = { searchField: RefObject<HTMLInputElement | null>; onNew: () => void };

/** The sidebar's state (remembered on wide screens, a drawer on narrow ones), the help dialog, and the shortcuts. */
export function useShell({ searchField, onNew }: ShellOptions) {
  const wide = useMedia("(min-width: 48rem)");
  const [shown, setShown] = useState(() => readStored(KEY) !== "hidden");
  const [drawer, setDrawer] = useState(false);
  const [help, setHelp] = useState(false);
  const open = wide ? shown : drawer;

  const setOpen = (next: boolean) => {
    if (!wide) {
      setDrawer(next);
      return;
    }
    setShown(next);
    writeStored(KEY, next ? null : "hidden");
  };

  useShortcuts({
    search: () => {
      setOpen(true);
      // The field may only just be appearing.
      requestAnimationFrame(() => searchField.current?.focus());
    },
    newChat: () => {
      setDrawer(false);
      onNew();
    },
    help: () => setHelp(true),
  });

  const context = useMemo(
    () => ({ sidebarOpen: open, showSidebar: () => (wide ? setShown(true) : setDrawer(true)) }),
    [open, wide],
  );
  return { wide, open, setOpen, closeDrawer: () => setDrawer(false), help, setHelp, context };
}
