// Completing `@name` while somebody writes to a panel.

export type Mention = {
  /** What stands behind the `@`, up to the caret. */
  begun: string;
  from: number;
  to: number;
};

// Not in the middle of an address of e-mail, as the server reads it.
const OPEN = /(?:^|[^\w@.-])@([A-Za-z][A-Za-z0-9_-]*|)$/;

/** The mention that the caret stands in, if any. */
export function mentionAt(text: string, caret: number): Mention | null {
  const found = OPEN.exec(text.slice(0, caret));
  if (!found) return null;
  const begun = found[1] ?? "";
  return { begun, from: caret - begun.length - 1, to: caret };
}

/** Who may be meant, those first whose names begin so. */
export function candidates(handles: readonly string[], begun: string): string[] {
  const sought = begun.toLowerCase();
  return handles.filter((handle) => handle.toLowerCase().startsWith(sought));
}

/** The text with the mention written out, and where the caret stands then. */
export function completed(text: string, mention: Mention, handle: string): { text: string; caret: number } {
  const rest = text.slice(mention.to);
  const inserted = `@${handle}${rest.startsWith(" ") ? "" : " "}`;
  return { text: text.slice(0, mention.from) + inserted + rest, caret: mention.from + inserted.length };
}
