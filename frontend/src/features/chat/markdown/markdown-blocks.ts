import { Lexer } from "marked";
import remend from "remend";
import { lru } from "#shared/lib/lru.ts";

const cache = lru<string, readonly string[]>(400);

function split(markdown: string): readonly string[] {
  const tokens = new Lexer({ gfm: true }).lex(markdown);
  const definitions = tokens.filter((token) => token.type === "def").map((token) => token.raw);
  const blocks = tokens.filter((token) => token.type !== "space" && token.type !== "def").map((token) => token.raw);
  if (definitions.length === 0) return blocks;
  // A reference link and its definition are different blocks: each block that may use one gets them all.
  const tail = `\n\n${definitions.join("\n")}`;
  return blocks.map((block) => (block.includes("[") ? block + tail : block));
}

/** Cuts Markdown into its top blocks, so that a growing answer parses only its last one again. */
export function blocksOf(markdown: string): readonly string[] {
  const known = cache.get(markdown);
  if (known) return known;
  const blocks = split(markdown);
  cache.set(markdown, blocks);
  return blocks;
}

/** The same for an answer that is still being written: what its last block has begun is closed for now. */
export function growingBlocksOf(markdown: string): readonly string[] {
  const blocks = split(markdown);
  const last = blocks.at(-1);
  if (last === undefined) return blocks;
  return [...blocks.slice(0, -1), remend(last, { linkMode: "text-only", katex: false })];
}
