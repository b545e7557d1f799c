import { useMemo, useState } from "react";
import type { ConversationRead } from "#shared/api/types.ts";
import type { Selection } from "./list-context.ts";

/** Several conversations, marked one by one. */
export function useSelection(): Selection & { begin: () => void } {
  const [those, setThose] = useState<ReadonlyMap<string, ConversationRead> | null>(null);
  return useMemo(
    () => ({
      those,
      begin: () => setThose(new Map()),
      end: () => setThose(null),
      toggle: (conversation) =>
        setThose((now) => {
          const next = new Map(now);
          if (!next.delete(conversation.id)) next.set(conversation.id, conversation);
          return next;
        }),
    }),
    [those],
  );
}
