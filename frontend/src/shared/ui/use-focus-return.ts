import { useState } from "react";

let lastPlace: HTMLElement | null = null;

// A menu is gone when the dialog that it opened appears; whoever opened the menu is still there.
document.addEventListener(
  "focusin",
  ({ target }) => {
    if (target instanceof HTMLElement && !target.closest("[role=menu]")) lastPlace = target;
  },
  true,
);

/**
 * Puts the focus on a dialog's first field, and gives it back when the dialog closes. Radix does the latter only for a
 * dialog with a trigger of its own, and ours are opened by shortcuts and from menus.
 */
export function useFocusReturn(open: boolean) {
  // Noted as it opens, before a field of the dialog may take the focus.
  const [origin, setOrigin] = useState(lastPlace);
  const [wasOpen, setWasOpen] = useState(open);
  if (open !== wasOpen) {
    setWasOpen(open);
    if (open) setOrigin(lastPlace);
  }
  return {
    onOpenAutoFocus: (event: Event) => {
      const dialog = event.currentTarget;
      const field = dialog instanceof HTMLElement && dialog.querySelector<HTMLInputElement>("input:not([type=hidden])");
      if (!field) return;
      event.preventDefault();
      field.focus();
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      // Whoever was led elsewhere meanwhile, as after deleting what was open, stays there.
      if (document.activeElement === document.body) origin?.focus();
    },
  };
}
