import { type RefObject, useState } from "react";
import { candidates, completed, mentionAt } from "./mentions.ts";

type Mentions = {
  names: readonly string[];
  text: string;
  field: RefObject<HTMLTextAreaElement | null>;
  onWrite: (text: string) => void;
};

/** Whom the writer may mean where the caret stands, and the keys that choose among them. */
export function useMentions({ names, text, field, onWrite }: Mentions) {
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [closedAt, setClosedAt] = useState<string | null>(null);
  const mention = mentionAt(text, caret);
  const found = mention && closedAt !== text ? candidates(names, mention.begun) : [];
  const chosen = found[Math.min(active, found.length - 1)];

  const complete = (handle: string) => {
    if (!mention) return;
    const next = completed(text, mention, handle);
    onWrite(next.text);
    setClosedAt(next.text);
    setActive(0);
    requestAnimationFrame(() => field.current?.setSelectionRange(next.caret, next.caret));
    field.current?.focus();
  };
  const takesKey = (key: string): boolean => {
    if (!chosen) return false;
    if (key === "ArrowDown") setActive((active + 1) % found.length);
    else if (key === "ArrowUp") setActive((active + found.length - 1) % found.length);
    else if (key === "Enter" || key === "Tab") complete(chosen);
    else if (key === "Escape") setClosedAt(text);
    else return false;
    return true;
  };
  return { found, chosen, complete, setCaret, takesKey };
}
