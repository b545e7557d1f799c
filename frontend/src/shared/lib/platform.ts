/** The key that stands before a shortcut on this machine. */
export function modKey(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
}

/** Whether typing needs an on-screen keyboard, which must not appear unasked. */
export function hasTouchOnly(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
