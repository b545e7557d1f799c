import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { useHighlighted } from "./use-highlighted.ts";

const SHELL = "overflow-x-auto px-4 py-3 font-mono text-[0.8125rem] leading-relaxed";

type CodeBlockProps = {
  code: string;
  language: string | null;
  /** What else can be done with it, beside copying. */
  action?: ReactNode;
  /** What is to be said of it. */
  note?: string;
  /** What is shown in place of the code. */
  children?: ReactNode;
};

/** A block of code, left to right in every language, with its own copy button. */
export const CodeBlock = memo(function CodeBlock({ code, language, action, note, children }: CodeBlockProps) {
  const { t } = useTranslation();
  return (
    <div dir="ltr" className="my-1 overflow-hidden rounded-2xl border border-line bg-sunk">
      <div className="flex h-9 items-center border-line border-b ps-4 pe-1.5">
        <span className="me-auto font-medium text-faint text-xs">{language ?? t("chat.code")}</span>
        {action}
        <CopyButton text={code} label={t("chat.copyCode")} />
      </div>
      {note ? (
        <p dir="auto" className="border-line border-b px-4 py-2 text-soft text-xs">
          {note}
        </p>
      ) : null}
      {children ?? <Code code={code} language={language} />}
    </div>
  );
});

function Code({ code, language }: { code: string; language: string | null }) {
  const html = useHighlighted(code, language);
  return html === null ? (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines must be scrollable by keyboard.
    <pre className={SHELL} tabIndex={0}>
      <code>{code}</code>
    </pre>
  ) : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above.
    <pre className={SHELL} tabIndex={0}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: highlight.js escapes all of its input. */}
      <code dangerouslySetInnerHTML={{ __html: html }} />
    </pre>
  );
}
