import katex from "katex";
import "katex/dist/katex.min.css";
// What is copied from a page with formulas has their source in it.
import "katex/contrib/copy-tex";
import { lru } from "#shared/lib/lru.ts";
import { formulaOf } from "./formulas.ts";

const known = lru<string, string>(2_000);

function set(source: string): string {
  const { tex, display } = formulaOf(source);
  try {
    return katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      // Commands that make links, load pictures or write attributes stay what they are: words.
      trust: false,
      strict: "ignore",
      maxExpand: 500,
      maxSize: 20,
      throwOnError: true,
    });
  } catch (error) {
    if (error instanceof katex.ParseError || error instanceof RangeError) return "";
    throw error;
  }
}

/** A formula as HTML that KaTeX made of it, with MathML for those who listen; empty where it cannot be read. */
export function typeset(source: string): string {
  const before = known.get(source);
  if (before !== undefined) return before;
  const html = set(source);
  known.set(source, html);
  return html;
}
