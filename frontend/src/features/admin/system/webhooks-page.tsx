import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Empty, Page } from "#features/admin/parts/page.tsx";
import { SecretOnce } from "#features/admin/parts/secret-once.tsx";
import type { WebhookList, WebhookRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { WebhookDetail } from "./webhook-detail.tsx";
import { WebhookForm } from "./webhook-form.tsx";

/** Who is told of what happens. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const [isMaking, setMaking] = useState(false);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const webhooks = useQuery(answerQuery<WebhookList>(adminKeys.webhooks, "/webhooks"));
  const opened = webhooks.data?.data.find(({ id }) => id === openedId) ?? null;
  const make = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" className="size-4" />
      {t("adminSystem.webhooks.make")}
    </Button>
  );
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
    <Page
      title={t("admin.places.webhooks")}
      lead={t("adminSystem.webhooks.lead")}
      actions={webhooks.data?.data.length ? make : null}
    >
      <Loaded query={webhooks}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty
              title={t("adminSystem.webhooks.emptyTitle")}
              text={t("adminSystem.webhooks.emptyText")}
              action={make}
            />
          ) : (
            <DataTable
              label={t("admin.places.webhooks")}
              columns={columns}
              rows={data}
              rowKey={({ id }) => id}
              onOpen={({ id }) => setOpenedId(id)}
            />
          )
        }
      </Loaded>
      <Drawer
        isForm
        open={isMaking}
        onClose={() => setMaking(false)}
        title={t("adminSystem.webhooks.make")}
        lead={t("adminSystem.webhooks.makeLead")}
      >
        <WebhookForm
          webhook={null}
          onDone={(made) => {
            setMaking(false);
            if (made.secret) setSecret(made.secret);
          }}
        />
      </Drawer>
      <Drawer open={opened !== null} onClose={() => setOpenedId(null)} title={opened?.url ?? ""}>
        {opened ? (
          <WebhookDetail
            key={opened.id}
            webhook={opened}
            onSecret={(made) => {
              setOpenedId(null);
              setSecret(made);
            }}
            onGone={() => setOpenedId(null)}
          />
        ) : null}
      </Drawer>
      <SecretOnce secret={secret} title={t("adminSystem.webhooks.secretTitle")} onClose={() => setSecret(null)} />
    </Page>
  );
}

function State({ webhook }: { webhook: WebhookRead }) {
  const { t } = useTranslation();
  if (webhook.secret_lost) return <Badge tone="bad">{t("adminSystem.webhooks.secretLost")}</Badge>;
  if (webhook.disabled_as) return <Badge tone="bad">{t(`adminSystem.disabled.${webhook.disabled_as}`)}</Badge>;
  if (webhook.failing_since) return <Badge tone="warn">{t("adminSystem.webhooks.failing")}</Badge>;
  return <Badge tone="good">{t("adminSystem.webhooks.on")}</Badge>;
}
