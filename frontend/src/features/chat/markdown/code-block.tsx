import { memo } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { useHighlighted } from "./use-highlighted.ts";

const SHELL = "overflow-x-auto px-4 py-3 font-mono text-[0.8125rem] leading-relaxed";

/** A block of code, left to right in every language, with its own copy button. */
export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string | null }) {
  const { t } = useTranslation();
  const html = useHighlighted(code, language);
  return (
    <div dir="ltr" className="my-1 overflow-hidden rounded-2xl border border-line bg-sunk">
      <div className="flex h-9 items-center justify-between border-line border-b ps-4 pe-1.5">
        <span className="font-medium text-faint text-xs">{language ?? t("chat.code")}</span>
        <CopyButton text={code} label={t("chat.copyCode")} />
      </div>
      {html === null ? (
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
      )}
    </div>
  );
});
