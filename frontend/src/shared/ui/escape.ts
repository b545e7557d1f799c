import type { KeyboardEvent } from "react";

/**
 * Closes what has the focus, also where a toast came after it: Radix gives the key to the latest layer alone, and who
 * presses it means what they are in. Where that is the latest it has taken the key already.
 */
export function closedByEscape(onOpenChange: (open: boolean) => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onOpenChange(false);
  };
}
