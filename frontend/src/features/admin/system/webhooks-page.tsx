import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, useWhole } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { SecretOnce } from "#features/admin/parts/secret-once.tsx";
import type { WebhookRead } from "#shared/api/schema.d.ts";
import { WebhookDetail } from "./webhook-detail.tsx";
import { WebhookForm } from "./webhook-form.tsx";

/** Who is told of what happens. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const [secret, setSecret] = useState<string | null>(null);
  const webhooks = useWhole<WebhookRead>(adminKeys.webhooks, "/webhooks");
  const columns: Column<WebhookRead>[] = [
    { id: "url", header: t("adminSystem.webhooks.url"), cell: ({ url }) => <span className="break-all">{url}</span> },
    {
      id: "events",
      header: t("adminSystem.webhooks.events"),
      cell: ({ event_types: types }) => types.join(", ") || t("adminSystem.webhooks.everything"),
      isWide: true,
    },
    { id: "state", header: t("adminSystem.webhooks.state"), cell: (webhook) => <State webhook={webhook} /> },
  ];
  return (
    <ListPage
      title={t("admin.places.webhooks")}
      lead={t("adminSystem.webhooks.lead")}
      query={webhooks}
      idOf={({ id }) => id}
      empty={{ title: t("adminSystem.webhooks.emptyTitle"), text: t("adminSystem.webhooks.emptyText") }}
      makings={[
        {
          label: t("adminSystem.webhooks.make"),
          lead: t("adminSystem.webhooks.makeLead"),
          form: (done) => (
            <WebhookForm
              webhook={null}
              onDone={(made) => {
                done();
                if (made.secret) setSecret(made.secret);
              }}
            />
          ),
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.webhooks")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          onOpen={open}
        />
      )}
      detail={(webhook, close) => ({
        title: webhook.url,
        content: (
          <WebhookDetail
            webhook={webhook}
            onSecret={(made) => {
              close();
              setSecret(made);
            }}
            onGone={close}
          />
        ),
      })}
    >
      <SecretOnce secret={secret} title={t("adminSystem.webhooks.secretTitle")} onClose={() => setSecret(null)} />
    </ListPage>
  );
}

function State({ webhook }: { webhook: WebhookRead }) {
  const { t } = useTranslation();
  if (webhook.secret_lost) return <Badge tone="bad">{t("adminSystem.webhooks.secretLost")}</Badge>;
  if (webhook.disabled_as) return <Badge tone="bad">{t(`adminSystem.disabled.${webhook.disabled_as}`)}</Badge>;
  if (webhook.failing_since) return <Badge tone="warn">{t("adminSystem.webhooks.failing")}</Badge>;
  return <Badge tone="good">{t("adminSystem.webhooks.on")}</Badge>;
}
