import { worded } from "./formulas.ts";

/** Longer ones are text: nobody writes them, and a missing end must not swallow an answer. */
const [LONGEST_INLINE, LONGEST] = [1_000, 20_000];
/** Where something may begin: a fence at the start of a line, code, an escape, dollars. */
const SIGNS = /((?:^|\n)[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?[ \t>]*)(`{3,}|~{3,})([^\n]*)|`+|\\[\s\S]|\$+/g;
const BLANK_LINE = /\n[ \t>]*\n/;
const OPERATORS = /[\\^_={}+<>|*/]/;

/** The end of code that begins with this fence or run of backticks; `null` where it is none. */
function codeEnd(text: string, sign: RegExpExecArray): number | null {
  const [all, , fence, rest = ""] = sign;
  const start = sign.index + all.length;
  if (fence && !(fence.startsWith("`") && rest.includes("`"))) {
    const end = new RegExp(`\\n[ \\t>]*${fence[0]}{${fence.length},}[ \\t]*(?=\\n|$)`, "g");
    end.lastIndex = start;
    const found = end.exec(text);
    return found ? found.index + found[0].length : text.length;
  }
  const run = fence ?? all;
  const from = sign.index + all.indexOf(run) + run.length;
  const end = new RegExp(`(?<!\`)\`{${run.length}}(?!\`)`, "g");
  end.lastIndex = from;
  const found = end.exec(text);
  return found && !BLANK_LINE.test(text.slice(from, found.index)) ? found.index + run.length : null;
}

/** `$x$`, but not prices, variables of shells, or dollars in a sentence. */
function inlineEnd(text: string, start: number): number | null {
  if (/[A-Za-z0-9$]/.test(text[start - 1] ?? "") || /[\s$]/.test(text[start + 1] ?? " ")) return null;
  const ends = /\\[\s\S]|\$|\n[ \t>]*\n|`/g;
  ends.lastIndex = start + 1;
  let end = ends.exec(text);
  while (end?.[0].startsWith("\\")) end = ends.exec(text);
  if (end?.[0] !== "$" || end.index - start > LONGEST_INLINE) return null;
  if (/\s/.test(text[end.index - 1] ?? "") || /[A-Za-z0-9{$]/.test(text[end.index + 1] ?? "")) return null;
  const tex = text.slice(start + 1, end.index);
  const isPrice = /^\d/.test(tex) && /(?<![A-Za-z])[A-Za-z]{3,}/.test(tex.replace(/\\[A-Za-z]+(\{[^}]*\})?/g, ""));
  return isPrice ? null : end.index + 1;
}

/** Escaped brackets in a sentence or before an address: `\[1\]`, `\[words\](…)`. */
function isSentence(inner: string, opening: string, next: string): boolean {
  if (inner.trim() === "") return true;
  if (inner.includes("://") || (/[A-Za-z]{2,}\s+[A-Za-z]{2,}/.test(inner) && !OPERATORS.test(inner))) return true;
  return opening === "\\[" && (next === "(" || !(OPERATORS.test(inner) || inner.includes("\n")));
}

type Bracketed = { end: number } | "unfinished" | null;

/** `$$…$$`, `\[…\]` and `\(…\)`. One that begins its line may hold empty lines. */
function bracketed(text: string, start: number, opening: string): Bracketed {
  const closing = { $$: "$$", "\\[": "\\]", "\\(": "\\)" }[opening] ?? "";
  const leads =
    opening !== "\\(" && /(?:^|\n)[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?$/.test(text.slice(0, start).slice(-200));
  let end = text.indexOf(closing, start + 2);
  // `\\]` ends a row of a matrix and then nothing else.
  while (end > 0 && text[end - 1] === "\\" && opening !== "$$" && text[end - 2] !== "\\")
    end = text.indexOf(closing, end + 1);
  const inner = text.slice(start + 2, end < 0 ? text.length : end);
  if (inner.length > LONGEST || (!leads && BLANK_LINE.test(inner))) return null;
  if (end < 0) return "unfinished";
  const isNone = opening === "$$" ? inner.trim() === "" : isSentence(inner, opening, text[end + 2] ?? "");
  return isNone ? null : { end: end + 2 };
}

function formulaEnd(text: string, start: number, sign: string): Bracketed {
  if (sign === "$") {
    const end = inlineEnd(text, start);
    return end === null ? null : { end };
  }
  return sign === "$$" || sign === "\\[" || sign === "\\(" ? bracketed(text, start, sign) : null;
}

/** Markdown with its formulas as words (see `worded`); in a growing answer one that has no end yet waits as text. */
export function withFormulas(markdown: string, growing: boolean): string {
  if (!/\$|\\[([]|[\uE000\uE001]/.test(markdown)) return markdown;
  // Somebody else's private characters mean nothing here.
  const text = markdown.replace(/[\uE000\uE001]/g, "\uFFFD");
  const signs = new RegExp(SIGNS);
  let [result, kept] = ["", 0];
  for (let sign = signs.exec(text); sign; sign = signs.exec(text)) {
    const [all, , fence] = sign;
    if (fence || all.startsWith("`")) {
      signs.lastIndex = codeEnd(text, sign) ?? signs.lastIndex;
      continue;
    }
    const found = formulaEnd(text, sign.index, all);
    if (found === null || (found === "unfinished" && !growing)) continue;
    const end = found === "unfinished" ? text.length : found.end;
    const source = text.slice(sign.index, end);
    result += text.slice(kept, sign.index) + worded(source, found === "unfinished" ? "text" : "formula");
    kept = end;
    signs.lastIndex = end;
  }
  return result + text.slice(kept);
}
