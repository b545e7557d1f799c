import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "#features/admin/parts/badge.tsx";
import { Lines } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Meter } from "#features/admin/parts/meter.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { LintRead } from "#shared/api/schema.d.ts";

const EXAMPLE = `{"model": "openai/gpt-5", "messages": [
  {"role": "system", "content": "It is 2026-03-01 09:30. Answer briefly."},
  {"role": "user", "content": "Hi"}]}`;

/** A body as it was pasted; what is no JSON goes to the server, which says so at the field. */
function body(pasted: string): unknown {
  try {
    return JSON.parse(pasted);
  } catch {
    return pasted;
  }
}

/** What keeps a request's beginning out of the provider's cache; no model is asked. */
export function Linter() {
  const { t } = useTranslation();
  const [report, setReport] = useState<LintRead | null>(null);
  const lint = (data: FormData) => {
    const before = text(data, "before");
    const asked = { request: body(text(data, "request")), ...(before ? { before: body(before) } : {}) };
    return json<LintRead>("/lint", { method: "POST", body: asked });
  };
  return (
    <Card title={t("adminMoney.linter.title")} lead={t("adminMoney.linter.lead")}>
      <Form act={lint} changes={[]} onDone={setReport} submit={t("adminMoney.linter.check")}>
        <div className="grid gap-4 lg:grid-cols-2">
          <Lines
            name="request"
            rows={7}
            label={t("adminMoney.linter.request")}
            hint={t("adminMoney.linter.requestHint")}
            placeholder={EXAMPLE}
          />
          <Lines
            name="before"
            rows={7}
            label={t("adminMoney.linter.before")}
            hint={t("adminMoney.linter.beforeHint")}
          />
        </div>
      </Form>
      <div role="status" className="mt-4 empty:hidden">
        {report ? <Report report={report} /> : null}
      </div>
    </Card>
  );
}

function Report({ report }: { report: LintRead }) {
  const { t } = useTranslation();
  const { whole } = useFormat();
  const { tokens, cacheable_tokens: cacheable, faults, model } = report;
  const said = t("adminMoney.linter.cacheable", { cacheable: whole(cacheable), tokens: whole(tokens) });
  return (
    <div className="space-y-3 border-line border-t pt-4 text-sm">
      <div>
        <p className="mb-1 flex flex-wrap justify-between gap-x-3">
          {said} <code className="font-mono text-faint text-xs">{model}</code>
        </p>
        <Meter
          label={t("adminMoney.linter.title")}
          percent={tokens > 0 ? (cacheable / tokens) * 100 : 0}
          tone={faults.length > 0 ? "warn" : "good"}
          valueText={said}
        />
      </div>
      {faults.length === 0 ? <p className="font-medium text-accent">{t("adminMoney.linter.clean")}</p> : null}
      <ul aria-label={t("adminMoney.linter.findings")} className="divide-y divide-line empty:hidden">
        {faults.map((fault) => (
          <li key={`${fault.code} ${fault.where}`} className="py-2.5 first:pt-0 last:pb-0">
            <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
              <span className="font-medium">{t(`adminMoney.faults.${fault.code}`)}</span>
              <code dir="ltr" className="font-mono text-faint text-xs">
                {fault.where}
              </code>
              <span className="ms-auto">
                <Badge tone="warn">
                  {t("adminMoney.linter.tokens", { count: fault.tokens, number: whole(fault.tokens) })}
                </Badge>
              </span>
            </div>
            <p className="mt-0.5 text-pretty text-soft">{fault.message}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
