import { Prose } from "#features/chat/markdown/markdown.tsx";
import { Picture } from "#features/chat/markdown/picture.tsx";
import type { Part, ToolResultPart } from "#shared/api/types.ts";
import { Thoughts } from "./thoughts.tsx";
import { ToolCard } from "./tool-card.tsx";

function resultOf(parts: readonly Part[], callId: string): ToolResultPart | undefined {
  return parts.find((part): part is ToolResultPart => part.type === "tool_result" && part.call_id === callId);
}

/** The parts of an answer in their order; a tool's result stands in the card of its call. */
export function MessageParts({ parts, growing }: { parts: readonly Part[]; growing: boolean }) {
  return parts.map((part, index) => {
    const isLast = growing && index === parts.length - 1;
    const key = `${index}-${part.type}`;
    switch (part.type) {
      case "text":
        return <Prose key={key} text={part.text} growing={isLast} />;
      case "thinking":
        return <Thoughts key={key} text={part.text} growing={isLast} />;
      case "image":
        return <Picture key={key} url={part.url} alt="" />;
      case "tool_call":
        return <ToolCard key={key} call={part} result={resultOf(parts, part.id)} running={isLast} />;
      default:
        return null;
    }
  });
}
