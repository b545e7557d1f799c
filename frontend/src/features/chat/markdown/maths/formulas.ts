/**
 * Formulas in Markdown. Before it is parsed, each is put into one word that Markdown reads as letters, so that no line
 * break, underscore, bar or backslash of it means anything there; a plugin takes the words out of the tree again.
 */

/** How one is written: TeX between delimiters, which say whether it stands by itself. */
export type Formula = { tex: string; display: boolean };

/** Private characters around a word: what kind it is, then its source in hexadecimal. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];
const WORDS = /\uE000([ft])([0-9a-f]*)\uE001/g;

type Kind = "formula" | "text";
type Node = { type: string; children?: Node[]; [key: string]: unknown };

/** A formula, or (as `text`) what is still being written of one. */
export function worded(source: string, kind: Kind): string {
  let hex = "";
  for (let at = 0; at < source.length; at++) hex += source.charCodeAt(at).toString(16).padStart(4, "0");
  return `${OPEN}${kind[0]}${hex}${CLOSE}`;
}

function sourceOf(hex: string): string {
  return String.fromCharCode(...(hex.match(/.{4}/g) ?? []).map((code) => Number.parseInt(code, 16)));
}

/** Where Markdown reads no formulas (in code, in addresses) the words are what they were. */
export function unworded(text: string): string {
  return text.replace(WORDS, (_, _kind: string, hex: string) => sourceOf(hex));
}

export function formulaOf(source: string): Formula {
  const display = source.startsWith("$$") || source.startsWith("\\[");
  const width = source.startsWith("$") && !display ? 1 : 2;
  // A quotation's marks stand before each of its lines.
  return {
    tex: source
      .slice(width, -width)
      .replace(/\n[ \t]*>[ \t]?/g, "\n")
      .trim(),
    display,
  };
}

function parts(text: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const word of text.matchAll(WORDS)) {
    if (word.index > end) nodes.push({ type: "text", value: text.slice(end, word.index) });
    const source = sourceOf(word[2] ?? "");
    if (word[1] === "t") nodes.push({ type: "text", value: source });
    // The name of an element that nothing else in Markdown makes.
    else nodes.push({ type: "formula", data: { hName: "var", hProperties: { source } }, children: [] });
    end = word.index + word[0].length;
  }
  if (end < text.length) nodes.push({ type: "text", value: text.slice(end) });
  return nodes;
}

function restored(node: Node): Node {
  const texts = Object.entries(node).filter(([, value]) => typeof value === "string" && value.includes(OPEN));
  const plain =
    texts.length > 0 ? { ...node, ...Object.fromEntries(texts.map(([k, v]) => [k, unworded(`${v}`)])) } : node;
  if (!plain.children) return plain;
  const children = plain.children.flatMap((child) =>
    child.type === "text" && `${child.value}`.includes(OPEN) ? parts(`${child.value}`) : [restored(child)],
  );
  return { ...plain, children };
}

/** A remark plugin: the words of formulas become elements `var` with their source, or the text that they were. */
export function formulas(): (tree: Node) => Node {
  return restored;
}
