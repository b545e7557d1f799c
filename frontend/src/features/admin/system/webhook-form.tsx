import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Line, Tick, Ticks } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { text, texts } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { WebhookCreated, WebhookRead } from "#shared/api/schema.d.ts";

const EVENTS = ["budget.threshold_reached", "budget.exhausted", "budget.overage_projected", "usage.metered"] as const;

type WebhookFormProps = {
  webhook: WebhookRead | null;
  onDone: (webhook: WebhookRead & Partial<Pick<WebhookCreated, "secret">>) => void;
};

/** Where events go, and which. */
export function WebhookForm({ webhook, onDone }: WebhookFormProps) {
  const { t } = useTranslation();
  return (
    <Form
      act={(data) =>
        json<WebhookRead>(webhook ? `/webhooks/${webhook.id}` : "/webhooks", {
          method: webhook ? "PATCH" : "POST",
          body: {
            url: text(data, "url"),
            description: text(data, "description"),
            event_types: texts(data, "event_types"),
          },
        })
      }
      changes={[adminKeys.webhooks]}
      onDone={onDone}
      submit={webhook ? t("admin.save") : t("adminSystem.webhooks.make")}
    >
      <Line
        name="url"
        type="url"
        label={t("adminSystem.webhooks.url")}
        hint={t("adminSystem.webhooks.urlHint")}
        placeholder="https://hooks.example.com/chimera"
        defaultValue={webhook?.url ?? ""}
      />
      <Line
        name="description"
        label={t("adminSystem.webhooks.description")}
        defaultValue={webhook?.description ?? ""}
      />
      <Ticks legend={t("adminSystem.webhooks.events")} hint={t("adminSystem.webhooks.eventsHint")}>
        {EVENTS.map((event) => (
          <Tick
            key={event}
            name="event_types"
            value={event}
            label={event}
            defaultChecked={webhook?.event_types.includes(event) ?? false}
          />
        ))}
      </Ticks>
    </Form>
  );
}
