import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "#features/admin/parts/badge.tsx";
import { Lines } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { AlternativeRead, DecisionRead } from "#shared/api/schema.d.ts";
import { Dial } from "./dial.tsx";

/** Where a question would go, and why; no model is asked. */
export function TryQuestion() {
  const { t } = useTranslation();
  const [decision, setDecision] = useState<DecisionRead | null>(null);
  const ask = (data: FormData) =>
    json<DecisionRead>("/route", {
      method: "POST",
      headers: { "x-chimera-dial": text(data, "dial") },
      body: { model: "auto", messages: [{ role: "user", content: text(data, "question") }] },
    });
  return (
    <Card title={t("adminModels.try.title")} lead={t("adminModels.try.lead")}>
      <Form act={ask} changes={[]} onDone={setDecision} submit={t("adminModels.try.ask")}>
        <Lines
          name="question"
          label={t("adminModels.try.question")}
          placeholder={t("adminModels.try.example")}
          className="font-sans"
        />
        <Dial start={0.5} />
      </Form>
      <div role="status" className="mt-4 empty:hidden">
        {decision ? <Decision decision={decision} /> : null}
      </div>
    </Card>
  );
}

function Decision({ decision }: { decision: DecisionRead }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  return (
    <div className="space-y-4 border-line border-t pt-4 text-sm">
      <div className="rounded-xl bg-accent-wash px-3.5 py-3">
        <p className="font-mono font-semibold text-[0.9375rem]">{decision.chosen}</p>
        <p className="mt-0.5 text-soft text-xs">
          {t("adminModels.try.sure", { share: share(decision.confidence) })} ·{" "}
          {t("adminModels.try.task", { task: decision.task })}
        </p>
        <ul className="mt-2 list-disc space-y-0.5 ps-4">
          {decision.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      </div>
      <Alternatives title={t("adminModels.try.alternatives")} all={decision.alternatives} />
      <Alternatives title={t("adminModels.try.rejected")} all={decision.rejected} />
    </div>
  );
}

function Alternatives({ title, all }: { title: string; all: readonly AlternativeRead[] }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  if (all.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 font-semibold">{title}</h3>
      <ul className="divide-y divide-line">
        {all.map((one) => (
          <li key={one.model} className="py-1.5">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <code className="font-mono text-[0.8125rem]">{one.model}</code>
              <span className="inline-flex items-baseline gap-2 text-xs">
                {one.quality === null ? null : (
                  <Badge>{t("adminModels.try.quality", { share: share(one.quality) })}</Badge>
                )}
                {one.cost_usd === null ? null : <Money usd={one.cost_usd} />}
              </span>
            </div>
            <p className="text-faint text-xs">{one.why}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
