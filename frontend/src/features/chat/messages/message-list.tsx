import { type Older, VirtualLog } from "#shared/ui/virtual-log.tsx";
import { LoadingRows } from "./loading-rows.tsx";
import { MessageRow } from "./message-row.tsx";
import type { Row } from "./rows.ts";

type MessageListProps = {
  rows: Row[];
  loading: boolean;
  older: Older;
  /** The question whose answers are shown side by side. */
  sideBySide: string | null;
  /** The message that somebody was led to, as by a search. */
  target: string | null;
};

/** A message keeps its row when another version takes its place: what follows the same message is the same row. */
function keyOf({ message }: Row): string {
  return `${message.role} after ${message.parent_id}`;
}

function estimate({ message }: Row): number {
  return message.role === "user" ? 96 : 260;
}

/** The messages of a chat. */
export function MessageList({ rows, loading, older, sideBySide, target }: MessageListProps) {
  return (
    <VirtualLog
      items={rows}
      keyOf={keyOf}
      estimate={estimate}
      said={rows.at(-1)?.live ? rows.at(-2)?.message.id : undefined}
      older={older}
      target={target === null ? null : { id: target, index: rows.findIndex((row) => row.message.id === target) }}
      waiting={loading ? <LoadingRows /> : null}
    >
      {(row, position, total) => (
        <MessageRow
          row={row}
          position={position}
          total={total}
          sideBySide={row.message.role === "assistant" && row.message.parent_id === sideBySide}
          marked={row.message.id === target}
          last={position === rows.length}
        />
      )}
    </VirtualLog>
  );
}
