import type { HitRead, SnippetRead } from "#shared/api/schema.d.ts";

export type FoundConversation = { id: string; title: string; hits: HitRead[]; titleHit: HitRead | null };

/** Hits by their conversations, in the order of the best hit of each; a hit in the title is the conversation's own. */
export function byConversation(hits: readonly HitRead[]): FoundConversation[] {
  const found = new Map<string, FoundConversation>();
  for (const hit of hits) {
    const one = found.get(hit.conversation_id) ?? {
      id: hit.conversation_id,
      title: hit.title,
      hits: [],
      titleHit: null,
    };
    if (hit.kind === "title") one.titleHit = hit;
    else one.hits.push(hit);
    found.set(hit.conversation_id, one);
  }
  return [...found.values()];
}

/** What is written in Markdown as one would read it in a line: without fences, marks and bars. */
export function unmarked(text: string): string {
  return text
    .replaceAll(/```[\w-]*/g, " ")
    .replaceAll(/\*{2,3}|_{2,3}|~~|`/g, "")
    .replaceAll(/(^|\n)\s{0,3}(?:#{1,6}|>)\s+/g, "$1")
    .replaceAll(/\s*\|(?:[\s:|-]*\|)?\s*/g, " · ");
}

export type Piece = { text: string; marked: boolean; at: number };

/** A stretch of text, cut where it is marked. Marks count characters, a string of JavaScript halves of some. */
export function pieces({ text, marks }: SnippetRead): Piece[] {
  const characters = [...text];
  const cut: Piece[] = [];
  let at = 0;
  for (const { begin, end } of marks) {
    if (begin > at) cut.push({ text: characters.slice(at, begin).join(""), marked: false, at });
    cut.push({ text: characters.slice(begin, end).join(""), marked: true, at: begin });
    at = end;
  }
  if (at < characters.length) cut.push({ text: characters.slice(at).join(""), marked: false, at });
  return cut;
}
