import { memo, type ReactNode } from "react";
import Markdown, { type Components, type ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";
import { lru } from "#shared/lib/lru.ts";
import { isOwnImage, safeHref } from "#shared/lib/safe-url.ts";
import { CodeBlock } from "./code-block.tsx";
import { DrawnCode, drawable } from "./diagrams/drawn-code.tsx";
import { blocksOf, growingBlocksOf } from "./markdown-blocks.ts";
import { withFormulas } from "./maths/find-formulas.ts";
import { Formula } from "./maths/formula.tsx";
import { formulas } from "./maths/formulas.ts";
import { Picture } from "./picture.tsx";
import { plainHtml } from "./plain-html.ts";
import { TaskBox } from "./task-box.tsx";

/** A fence as its language and what is in it. */
function fence(node: ExtraProps["node"]): { code: string; language: string | null } | null {
  const code = node?.children[0];
  if (code?.type !== "element") return null;
  const language = /language-(\S+)/.exec(String(code.properties.className ?? ""))?.[1] ?? null;
  const text = code.children.map((child) => (child.type === "text" ? child.value : "")).join("");
  return { code: text.replace(/\n$/, ""), language };
}

/** What a block is made of while it is being written: code may not have all its lines yet. */
const growingComponents: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  img: ({ src, alt }) => (typeof src === "string" && src ? <Picture url={src} alt={alt ?? ""} /> : null),
  pre: ({ node }) => {
    const block = fence(node);
    return block ? <CodeBlock {...block} /> : null;
  },
  // Nothing else makes this element (`maths/formulas.ts`).
  var: ({ node }) => <Formula source={String(node?.properties.source ?? "")} />,
  input: ({ checked }) => <TaskBox done={checked === true} />,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrollable by keyboard.
    <div className="table-frame" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};

const components: Components = {
  ...growingComponents,
  pre: ({ node }) => {
    const block = fence(node);
    if (!block) return null;
    const drawn = drawable(block.language, block.code);
    return drawn ? <DrawnCode code={block.code} language={drawn} /> : <CodeBlock {...block} />;
  },
};

const plugins = [remarkGfm, formulas, plainHtml];

function urlFor(url: string, key: string): string | null {
  if (key === "src" && isOwnImage(url)) return url;
  return safeHref(url);
}

const rendered = lru<string, ReactNode>(1500);

function render(source: string, made: Components): ReactNode {
  // Called, not mounted: Markdown is a pure function of its source, so its result can be kept.
  return Markdown({ children: source, components: made, remarkPlugins: plugins, urlTransform: urlFor });
}

/** Kept per source, so that a row that scrolls back into view costs no parsing. */
function renderKept(source: string): ReactNode {
  const known = rendered.get(source);
  if (known !== undefined) return known;
  const element = render(source, components);
  rendered.set(source, element);
  return element;
}

type BlockProps = { source: string; first: boolean; growing: boolean };

const Block = memo(function Block({ source, first, growing }: BlockProps) {
  return (
    <div dir="auto" className={first ? "prose prose-first" : "prose"}>
      {growing ? render(source, growingComponents) : renderKept(source)}
    </div>
  );
});

/** A model's Markdown: no HTML, no foreign pictures, parsed block by block. */
export const Prose = memo(function Prose({ text, growing }: { text: string; growing: boolean }) {
  const markdown = withFormulas(text, growing);
  const blocks = growing ? growingBlocksOf(markdown) : blocksOf(markdown);
  return (
    <div className="space-y-[0.95em]">
      {blocks.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end.
        <Block key={index} source={source} first={index === 0} growing={growing && index === blocks.length - 1} />
      ))}
    </div>
  );
});
