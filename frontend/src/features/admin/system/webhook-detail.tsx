import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge, type Tone } from "#features/admin/parts/badge.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { DeliveryRead, WebhookCreated, WebhookRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { WebhookForm } from "./webhook-form.tsx";

const TONES: Record<DeliveryRead["state"], Tone> = {
  pending: "calm",
  delivered: "good",
  failed: "bad",
  abandoned: "bad",
};

type WebhookDetailProps = { webhook: WebhookRead; onSecret: (secret: string) => void; onGone: () => void };

/** A webhook: what arrived and what did not, and what can be done. */
export function WebhookDetail({ webhook, onSecret, onGone }: WebhookDetailProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const path = `/webhooks/${webhook.id}`;
  const changes = [adminKeys.webhooks];
  const ping = useChange({
    act: () => json(`${path}/ping`, { method: "POST" }),
    changes,
    said: t("adminSystem.webhooks.pinged"),
  });
  const turn = useChange({
    act: () => json(path, { method: "PATCH", body: { enabled: !webhook.enabled } }),
    changes,
  });
  const renew = useChange({
    act: () => json<WebhookCreated>(`${path}/secret`, { method: "POST" }),
    changes,
    onDone: ({ secret }) => onSecret(secret),
  });
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap gap-2">
        <Button disabled={ping.isPending} onClick={() => ping.mutate(undefined)}>
          {t("adminSystem.webhooks.ping")}
        </Button>
        <Button disabled={turn.isPending} onClick={() => turn.mutate(undefined)}>
          {t(webhook.enabled ? "adminSystem.webhooks.turnOff" : "adminSystem.webhooks.turnOn")}
        </Button>
        <Button disabled={renew.isPending} onClick={() => renew.mutate(undefined)}>
          {t("adminSystem.webhooks.renew")}
        </Button>
      </div>
      <Deliveries path={path} />
      <Part title={t("adminSystem.webhooks.change")}>
        <WebhookForm webhook={webhook} onDone={() => toast(t("adminSystem.webhooks.changed"))} />
      </Part>
      <Removal
        path={path}
        changes={changes}
        action={t("adminSystem.webhooks.delete")}
        title={t("adminSystem.webhooks.deleteTitle")}
        text={t("adminSystem.webhooks.deleteText", { url: webhook.url })}
        said={t("adminSystem.webhooks.deleted")}
        onGone={onGone}
      />
    </div>
  );
}

function Deliveries({ path }: { path: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const deliveries = usePages<DeliveryRead>(adminKeys.webhooks, `${path}/deliveries`, { limit: 20 });
  const again = useChange({
    act: (id: string) => json(`${path}/deliveries/${id}/replay`, { method: "POST" }),
    changes: [adminKeys.webhooks],
    said: t("adminSystem.webhooks.sentAgain"),
  });
  return (
    <Part title={t("adminSystem.webhooks.deliveries")}>
      <Loaded query={deliveries} rows={2}>
        {(data) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminSystem.webhooks.noDeliveries")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {data.map((delivery) => (
                <li key={delivery.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
                  <div className="min-w-0 flex-1 basis-48">
                    <p>{delivery.type}</p>
                    <p className="text-faint text-xs">
                      {format.second(delivery.created_at)} ·{" "}
                      {t("adminSystem.webhooks.attempts", { count: delivery.attempts })}
                      {delivery.status === null ? "" : ` · ${delivery.status}`}
                    </p>
                  </div>
                  <Badge tone={TONES[delivery.state]}>{t(`adminSystem.deliveries.${delivery.state}`)}</Badge>
                  <Button disabled={again.isPending} onClick={() => again.mutate(delivery.id)}>
                    {t("adminSystem.webhooks.sendAgain")}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Part>
  );
}
