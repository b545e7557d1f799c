import { render, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { TestFrame } from "#testing/test-frame.tsx";
import { Prose } from "./markdown.tsx";

function show(text: string, growing = false) {
  return render(<Prose text={text} growing={growing} />, { wrapper: TestFrame }).container;
}

test("HTML of a model is text and never becomes an element", () => {
  const page = show('before <img src=x onerror="alert(1)"> after\n\n<script>alert(1)</script>');
  expect(page.querySelector("img, script")).toBeNull();
  expect(page.textContent).toContain("<script>alert(1)</script>");
});

test("a line break inside a table cell breaks the line", () => {
  const page = show("| a |\n|---|\n| one<br>two |");
  expect(page.querySelector("td br")).not.toBeNull();
});

test("a link opens apart and gives nothing away", () => {
  show("[site](https://example.org/a)");
  const link = screen.getByRole("link", { name: "site" });
  expect(link.getAttribute("rel")).toBe("noopener noreferrer");
  expect(link.getAttribute("href")).toBe("https://example.org/a");
});

test.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "/api/v1/session"])(
  "a link to %s is only its words",
  (url) => {
    const page = show(`[words](<${url}>)`);
    expect(page.querySelector("a")).toBeNull();
    expect(page.textContent).toBe("words");
  },
);

test("a foreign picture is a link, so that looking at a message tells nobody", () => {
  const page = show("![chart](https://tracker.example/p.png?q=secret)");
  expect(page.querySelector("img")).toBeNull();
  expect(screen.getByRole("link", { name: /chart/ })).toBeDefined();
});

test("a picture that the message itself carries is shown", () => {
  expect(show("![dot](data:image/png;base64,AAAA)").querySelector("img")?.alt).toBe("dot");
});

test("a code block names its language and can be copied", async () => {
  show("```python\nprint(1)\n```");
  expect(screen.getByText("python")).toBeDefined();
  expect(screen.getByRole("button", { name: "Copy code" })).toBeDefined();
});

test("half-written Markdown of a growing answer is closed for now", () => {
  const page = show("A **bold beginn", true);
  expect(page.querySelector("strong")?.textContent).toBe("bold beginn");
});

test("a half-written code block is a code block already", () => {
  const page = show("```ts\nconst a = 1;", true);
  expect(page.querySelector("pre")?.textContent).toBe("const a = 1;");
});

test("a reference link works though its definition stands in another block", () => {
  show("See [the page][1].\n\nMore.\n\n[1]: https://example.org/ref");
  expect(screen.getByRole("link", { name: "the page" }).getAttribute("href")).toBe("https://example.org/ref");
});

test("formulas are set, with their source beside them, and what they would link to is only words", async () => {
  const page = show(
    "A $x^2$ and\n\n$$\n\\href{javascript:alert(1)}{y}\n= \\includegraphics{https://elsewhere.example/p.png}\n$$",
  );
  await waitFor(() => expect(page.querySelectorAll(".katex")).toHaveLength(2));
  expect(page.querySelector("annotation")?.textContent).toBe("x^2");
  expect(page.querySelector("a, img, [src], [href]")).toBeNull();
});

test("a formula that cannot be read shows its source and says so", async () => {
  const page = show("Bad: $\\frac{a}{$");
  expect(await screen.findByText("This formula could not be read.")).toBeDefined();
  expect(page.querySelector("code")?.textContent).toBe("$\\frac{a}{$");
});

test("dollars in code and in addresses stay what they are", () => {
  const page = show("`$a$` [link](https://example.org/$a$)");
  expect(page.querySelector("code")?.textContent).toBe("$a$");
  expect(screen.getByRole("link", { name: "link" }).getAttribute("href")).toBe("https://example.org/$a$");
});

test("a diagram whose code may not be whole yet is code", () => {
  expect(show("```mermaid\nflowchart LR\n  A --> B\n```", true).querySelector("pre")?.textContent).toContain("A --> B");
});
