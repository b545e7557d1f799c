import { type RefObject, useCallback, useMemo, useState } from "react";
import { readStored, writeStored } from "#shared/lib/storage.ts";
import { useMedia } from "#shared/lib/use-media.ts";
import { useShortcuts } from "#shared/lib/use-shortcuts.ts";

const KEY = "chimera.sidebar";

type ShellOptions = {
  filterField: RefObject<HTMLInputElement | null>;
  onNew: () => void;
  onSearch: () => void;
  onSettings: () => void;
};

/** The sidebar's state (remembered on wide screens, a drawer on narrow ones), help, palette, and the shortcuts. */
export function useShell({ filterField, onNew, onSearch, onSettings }: ShellOptions) {
  const wide = useMedia("(min-width: 48rem)");
  const [shown, setShown] = useState(() => readStored(KEY) !== "hidden");
  const [drawer, setDrawer] = useState(false);
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const open = wide ? shown : drawer;

  const setOpen = (next: boolean) => {
    if (!wide) {
      setDrawer(next);
      return;
    }
    setShown(next);
    writeStored(KEY, next ? null : "hidden");
  };
  const going = (go: () => void) => () => {
    setDrawer(false);
    go();
  };
  const acts = {
    filter: () => {
      setOpen(true);
      // The field may only just be appearing.
      requestAnimationFrame(() => filterField.current?.focus());
    },
    palette: () => setPalette(true),
    search: going(onSearch),
    newChat: going(onNew),
    settings: going(onSettings),
    sidebar: () => setOpen(!open),
    help: () => setHelp(true),
  };
  useShortcuts(acts);

  const context = useMemo(
    () => ({ sidebarOpen: open, showSidebar: () => (wide ? setShown(true) : setDrawer(true)) }),
    [open, wide],
  );
  const closeDrawer = useCallback(() => setDrawer(false), []);
  return { wide, open, setOpen, closeDrawer, help, setHelp, palette, setPalette, acts, context };
}
