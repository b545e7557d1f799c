import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Lines } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { lines, text } from "#features/admin/parts/reading.ts";
import { ShareList } from "#features/admin/parts/share-list.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { OutlookRead, ChimeraPlatformRoutingReplayRead as ReplayRead } from "#shared/api/schema.d.ts";
import { Dial } from "./dial.tsx";

/** The latest calls, chosen for again with another dial, before it is switched on. */
export function Replay() {
  const { t } = useTranslation();
  const { whole } = useFormat();
  const [replay, setReplay] = useState<ReplayRead | null>(null);
  return (
    <Card title={t("adminModels.replay.title")} lead={t("adminModels.replay.lead")}>
      <Form
        act={(data) =>
          json<ReplayRead>("/route/replay", {
            method: "POST",
            body: { dial: Number(text(data, "dial")), candidates: lines(data, "candidates") },
          })
        }
        changes={[]}
        onDone={setReplay}
        submit={t("adminModels.replay.run")}
      >
        <Dial start={0.8} />
        <Lines
          name="candidates"
          label={t("adminModels.routing.candidates")}
          hint={t("adminModels.routing.candidatesHint")}
          rows={2}
        />
      </Form>
      <div role="status" className="mt-4 empty:hidden">
        {replay ? (
          <div className="border-line border-t pt-4">
            <p className="mb-3 text-sm text-soft">
              {t("adminModels.replay.calls", { count: replay.calls, number: whole(replay.calls) })}
            </p>
            <div className="grid gap-5 sm:grid-cols-2">
              <Outlook title={t("adminModels.replay.now")} outlook={replay.now} />
              <Outlook title={t("adminModels.replay.then")} outlook={replay.then} />
            </div>
          </div>
        ) : null}
      </div>
    </Card>
  );
}

function Outlook({ title, outlook }: { title: string; outlook: OutlookRead }) {
  const { t } = useTranslation();
  const { share, whole } = useFormat();
  const shares = Object.entries(outlook.models).map(([model, calls]) => ({
    id: model,
    name: model,
    value: Number(calls),
    shown: whole(Number(calls)),
  }));
  return (
    <section aria-label={title}>
      <h3 className="font-semibold text-sm">{title}</h3>
      <p className="mb-2 text-sm">
        {t("adminModels.try.quality", { share: share(outlook.quality) })} · <Money usd={outlook.cost_usd} />
      </p>
      <ShareList label={title} shares={shares} mono />
    </section>
  );
}
