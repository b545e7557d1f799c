import { Check, ChevronDown, TriangleAlert, Wrench } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ToolCallPart, ToolResultPart } from "#shared/api/types.ts";

function pretty(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    // Half-written arguments are shown as far as they have come.
    return value;
  }
}

type ToolCardProps = { call: ToolCallPart; result: ToolResultPart | undefined; running: boolean };

/** A tool the model used: one line, more behind it. */
export function ToolCard({ call, result, running }: ToolCardProps) {
  const { t } = useTranslation();
  const failed = result?.is_error ?? false;
  const Icon = failed ? TriangleAlert : result ? Check : Wrench;
  const waiting = running ? t("tool.running") : t("tool.notRun");
  const done = failed ? t("tool.failed") : t("tool.done");
  const input = pretty(call.arguments);
  return (
    <details className="group rounded-2xl border border-line bg-card text-sm">
      <summary className="flex cursor-pointer list-none items-center gap-2.5 rounded-2xl px-3.5 py-2.5">
        <Icon
          aria-hidden="true"
          className={`size-4 shrink-0 ${failed ? "text-danger" : "text-accent"} ${running && !result ? "animate-breathe" : ""}`}
        />
        <code className="min-w-0 truncate font-mono text-[0.8125rem]">{call.name}</code>
        <span className="text-faint text-xs">{result ? done : waiting}</span>
        <ChevronDown
          aria-hidden="true"
          className="ms-auto size-4 text-faint transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="space-y-2 border-line border-t px-3.5 py-3">
        {input ? <ToolText label={t("tool.input")} text={input} /> : null}
        {result ? <ToolText label={t("tool.output")} text={result.text} /> : null}
      </div>
    </details>
  );
}

function ToolText({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <p className="mb-1 font-medium text-faint text-xs">{label}</p>
      <pre
        dir="ltr"
        className="max-h-64 overflow-auto whitespace-pre-wrap break-words rounded-lg bg-sunk p-2.5 font-mono text-xs"
      >
        {text}
      </pre>
    </div>
  );
}
