import type { ImportRead } from "#shared/api/schema.d.ts";
import type { Problem } from "#shared/api/types.ts";

export type ImportEvent =
  | {
      name: "import.progress";
      data: Pick<ImportRead, "made" | "extended" | "unchanged" | "deleted" | "failed" | "messages">;
    }
  | { name: "import.finished"; data: ImportRead }
  | { name: "import.failed"; data: Problem };

/** Whole events at the beginning of a text, and how much of it they are. Comments keep a line open and say nothing. */
export function parse(text: string): { events: ImportEvent[]; consumed: number } {
  const end = text.lastIndexOf("\n\n");
  if (end < 0) return { events: [], consumed: 0 };
  const events = text
    .slice(0, end)
    .split("\n\n")
    .flatMap((block): ImportEvent[] => {
      const lines = block.split("\n").map((line) => line.split(/: (.*)/s, 2));
      const told = Object.fromEntries(lines) as Record<string, string | undefined>;
      return told.event && told.data ? [{ name: told.event, data: JSON.parse(told.data) } as ImportEvent] : [];
    });
  return { events, consumed: end + 2 };
}
