export const FORMATS = ["markdown", "html", "json", "jsonl", "fine_tuning"] as const;

type Format = (typeof FORMATS)[number];
export type ExportWish = { format: Format; branches: "shown" | "all"; reasoning: boolean; incomplete: boolean };

/** The address of a file with these conversations; with all, where none is named. */
export function exportAddress(ids: readonly string[], { format, branches, reasoning, incomplete }: ExportWish): string {
  const query = new URLSearchParams({ format });
  const readable = format === "markdown" || format === "html" || format === "fine_tuning";
  if (readable && branches === "all") query.set("branches", branches);
  if (format === "fine_tuning" && reasoning) query.set("reasoning", "true");
  if (format === "fine_tuning" && incomplete) query.set("incomplete", "true");
  const [only, ...others] = ids;
  if (only && others.length === 0) return `/api/v1/conversations/${only}/export?${query}`;
  for (const id of ids) query.append("conversation_id", id);
  return `/api/v1/conversations/export?${query}`;
}
