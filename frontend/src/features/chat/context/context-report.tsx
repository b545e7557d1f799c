import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Brain } from "lucide-react";
import { useTranslation } from "react-i18next";
import { contextQuery } from "#features/chat/turns/api.ts";
import { asApiError } from "#shared/api/errors.ts";
import type { ContextRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";

// In the order in which the model reads them.
const PARTS = [
  { name: "system", look: "bg-bronze" },
  { name: "pinned", look: "bg-danger" },
  { name: "summary", look: "bg-code-key" },
  { name: "history", look: "bg-accent" },
  { name: "memories", look: "bg-code-num" },
  { name: "retrieved", look: "bg-code-name" },
  { name: "question", look: "bg-ink" },
] as const;

const INTENTS = ["question", "command", "clarification", "follow_up", "new_topic", "feedback", "goodbye"] as const;
/** As many as an address can name. */
const MOST_NAMED = 30;

function isKnownIntent(intent: string): intent is (typeof INTENTS)[number] {
  return (INTENTS as readonly string[]).includes(intent);
}

/** The context as a bar: how much of what the model was shown each part takes. */
function Bar({ report }: { report: ContextRead }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumSignificantDigits: 2 });
  const { tokens, limit_tokens: limit } = report;
  const parts = PARTS.filter(({ name }) => tokens[name] > 0);
  return (
    <section aria-label={t("context.parts")}>
      <p className="text-sm">
        {t("context.used", {
          total: number.format(tokens.total),
          limit: number.format(limit),
          share: percent.format(tokens.total / Math.max(limit, 1)),
        })}
      </p>
      <div aria-hidden="true" className="mt-3 flex h-3.5 gap-px overflow-hidden rounded-full bg-sunk">
        {parts.map(({ name, look }) => (
          <span
            key={name}
            className={`${look} min-w-0.5`}
            style={{ width: `${(tokens[name] / Math.max(tokens.total, 1)) * 100}%` }}
          />
        ))}
      </div>
      <dl className="mt-4">
        {parts.map(({ name, look }) => (
          <div key={name} className="flex items-baseline gap-3 border-line border-t py-2 text-sm">
            <span aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ${look}`} />
            <dt className="min-w-0 flex-1">{t(`context.${name}`)}</dt>
            <dd className="tabular-nums">{t("context.tokens", { number: number.format(tokens[name]) })}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** How it was put together, in sentences, and the way to what was remembered. */
function Said({ report }: { report: ContextRead }) {
  const { t } = useTranslation();
  const said = [
    report.whole ? t("context.whole") : t("context.latest", { count: report.history }),
    report.left_out > 0 ? t("context.leftOut", { count: report.left_out }) : null,
    report.summarised_to ? t("context.summarised") : null,
    report.retrieved.length > 0 ? t("context.found", { count: report.retrieved.length }) : null,
    report.retrieved.length > 0 ? t(report.meaning ? "context.byMeaning" : "context.byWords") : null,
    report.pinned.length > 0 ? t("context.pins", { count: report.pinned.length }) : null,
    report.compressed.length > 0 ? t("context.compressed", { count: report.compressed.length }) : null,
    report.memories.length > 0 ? t("context.remembered", { count: report.memories.length }) : null,
    isKnownIntent(report.intent) ? t(`context.intents.${report.intent}`) : null,
    report.searched ? t("context.searched", { words: report.searched }) : null,
    report.too_long ? t("context.tooLong") : null,
  ].filter((line) => line !== null);
  return (
    <section aria-label={t("context.how")}>
      <h3 className="font-medium text-sm">{t("context.how")}</h3>
      <ul className="mt-2 list-disc space-y-1.5 ps-5 text-sm text-soft marker:text-faint">
        {said.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {report.memories.length > 0 ? (
        <Link
          to="/memory"
          search={{ ids: report.memories.slice(0, MOST_NAMED).join(",") }}
          className="mt-3 inline-flex items-center gap-1.5 text-accent text-sm underline-offset-4 hover:underline"
        >
          <Brain aria-hidden="true" className="size-4" />
          {t("context.seeMemories", { count: report.memories.length })}
        </Link>
      ) : null}
    </section>
  );
}

/** What the model was shown of the conversation for an answer. */
export function ContextReport({ conversationId, messageId }: { conversationId: string; messageId: string }) {
  const { t, i18n } = useTranslation();
  const { data: report, error, refetch } = useQuery(contextQuery(conversationId, messageId));
  if (error) {
    const problem = asApiError(error);
    if (problem.code === "context_not_found") return <p className="text-sm text-soft">{t("context.none")}</p>;
    return <ProblemNote error={problem} action={<Button onClick={() => void refetch()}>{t("app.retry")}</Button>} />;
  }
  if (!report) {
    return (
      <div aria-busy="true" className="animate-late space-y-3">
        <p className="sr-only">{t("app.loading")}</p>
        <div className="h-4 w-4/5 rounded-md bg-hover" />
        <div className="h-4 rounded-full bg-hover" />
        <div className="h-24 rounded-xl bg-hover" />
      </div>
    );
  }
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <div className="space-y-6">
      <Bar report={report} />
      <Said report={report} />
      <p className="text-faint text-xs">
        {t("context.window", { model: report.model, number: number.format(report.window_tokens) })}
      </p>
    </div>
  );
}
