import type { KeyboardEvent } from "react";
import { isComposing } from "#shared/lib/composing.ts";

/**
 * Closes what has the focus, also where a toast came after it: Radix gives the key to the latest layer alone, and who
 * presses it means what they are in. Where that is the latest it has taken the key already. An input method keeps it.
 */
export function closedByEscape(onOpenChange: (open: boolean) => void) {
  return {
    onKeyDown: (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event.nativeEvent)) return;
      event.preventDefault();
      onOpenChange(false);
    },
    onEscapeKeyDown: (event: globalThis.KeyboardEvent): void => {
      if (isComposing(event)) event.preventDefault();
    },
  };
}
