import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Prose } from "#features/chat/markdown/markdown.tsx";
import { cx } from "#shared/lib/cx.ts";

/** What a model thought before it spoke, folded away. */
export function Thoughts({ text, growing }: { text: string; growing: boolean }) {
  const { t } = useTranslation();
  return (
    <details className="group text-sm">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-lg py-1 text-faint hover:text-ink">
        <span className={cx(growing && "animate-breathe")}>{growing ? t("chat.thinking") : t("chat.thought")}</span>
        <ChevronDown aria-hidden="true" className="size-4 transition-transform group-open:rotate-180" />
      </summary>
      <div className="mt-1 mb-2 border-line border-s-2 ps-4 text-soft">
        <Prose text={text} growing={growing} />
      </div>
    </details>
  );
}
