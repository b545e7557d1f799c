import { useMemo } from "react";
import type { MessageRead } from "#shared/api/types.ts";
import { type Older, VirtualLog } from "#shared/ui/virtual-log.tsx";
import { ActRow } from "./act-row.tsx";
import { type Act, actsOf, bears } from "./acts.ts";

type PanelLogProps = {
  messages: readonly MessageRead[];
  older: Older;
  /** The message that somebody was led to, as by a search. */
  target: string | null;
};

function keyOf(act: Act): string {
  return act.id;
}

function estimate(act: Act): number {
  return act.kind === "said" ? 96 : 280;
}

/** What a panel said. */
export function PanelLog({ messages, older, target }: PanelLogProps) {
  const acts = useMemo(() => actsOf(messages), [messages]);
  return (
    <VirtualLog
      items={acts}
      keyOf={keyOf}
      estimate={estimate}
      said={messages.findLast((message) => message.role === "user")?.id}
      older={older}
      target={target === null ? null : { id: target, index: acts.findIndex((act) => bears(act, target)) }}
    >
      {(act) => <ActRow act={act} />}
    </VirtualLog>
  );
}
