import { useRef } from "react";

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
 * Gives the focus back when a dialog closes. Radix does so only for a dialog with a trigger of its own, and ours are
 * opened by shortcuts and from menus.
 */
export function useFocusReturn() {
  const origin = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      origin.current = lastPlace;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      // Whoever was led elsewhere meanwhile, as after deleting what was open, stays there.
      if (document.activeElement === document.body) origin.current?.focus();
    },
  };
}
