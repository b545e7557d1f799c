import { expect, test } from "vitest";
import { withFormulas } from "./find-formulas.ts";
import { formulaOf, unworded } from "./formulas.ts";

/** The sources of the formulas that are found. */
function found(text: string, growing = false): string[] {
  const masked = withFormulas(text, growing);
  expect(unworded(masked)).toBe(text);
  return [...masked.matchAll(/\uE000f[0-9a-f]*\uE001/g)].map((word) => unworded(word[0]));
}

test.each([
  ["inline $e^{i\\pi}$, and *$x$*.", ["$e^{i\\pi}$", "$x$"]],
  ["\\(a_1\\) and \\[ b = c \\]", ["\\(a_1\\)", "\\[ b = c \\]"]],
  ["$$\na\n= b\n\n- c\n$$", ["$$\na\n= b\n\n- c\n$$"]],
  ["- one\n  \\[\n  x\n  \\]\n- two", ["\\[\n  x\n  \\]"]],
  ["| $|x|$ | $2x$ |", ["$|x|$", "$2x$"]],
  ["$\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}$", ["$\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}$"]],
  ["\\[ a \\\\[2pt] b \\]", ["\\[ a \\\\[2pt] b \\]"]],
  ["$10$ and $3 \\times \\text{metres}$", ["$10$", "$3 \\times \\text{metres}$"]],
  ["角$\\alpha$是", ["$\\alpha$"]],
])("%j has its formulas", (text, formulas) => {
  expect(found(text)).toEqual(formulas);
});

test.each([
  "$5 and $10, or $5-$10, or $5/$10",
  "It is 5$ or 6$, US$5 or A$7.",
  "($20 for Bob, who has A$)",
  "`$x$` and ``$`x$``",
  "```sh\necho $HOME$x$\n```",
  "- ```\n  $x$\n  ```",
  "~~~\n$$\nx\n$$",
  "$HOME/$USER and $A-$B",
  "\\$x\\$ and \\\\(x)",
  "\\[words\\](https://example.org) and \\[1\\]",
  "\\(not every aside is a formula\\)",
  "one $a\n\nb$ two",
  "$$",
  "$$$ $$$",
  "",
])("%j has none", (text) => {
  expect(found(text)).toEqual([]);
});

test("one that is still being written waits as text, and once the answer has ended it is what it is", () => {
  const text = "So\n\n$$\na_1 * b\n- c";
  expect(withFormulas(text, true)).toContain("\uE000t");
  expect(found(text, true)).toEqual([]);
  expect(withFormulas(text, false)).toBe(text);
});

test("private characters of somebody else mean nothing", () => {
  expect(withFormulas("\uE000f0024\uE001 $x$", false)).toMatch(/^\uFFFDf0024\uFFFD /);
  expect(withFormulas("\uE000f0024\uE001", false)).toBe("\uFFFDf0024\uFFFD");
});

test("a formula in a quotation is read without the quotation's marks", () => {
  expect(formulaOf("$$\n> a\n> = b\n> $$")).toEqual({ tex: "a\n= b", display: true });
});
