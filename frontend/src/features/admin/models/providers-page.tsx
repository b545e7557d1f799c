import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery, useWhole } from "#features/admin/parts/api.ts";
import { Badge, type Tone } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListCard } from "#features/admin/parts/listing.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Page } from "#features/admin/parts/page.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import type { ConnectionRead, ProviderList, ProviderRead } from "#shared/api/schema.d.ts";
import { ConnectionDetail } from "./connection-detail.tsx";
import { ConnectionForm } from "./connection-form.tsx";

const LIVE_MS = 15_000;

const STATES = ["ok", "wrong_key", "rate_limited", "unreachable"] as const;

/** Where models come from: the house's providers and how they are doing, and the organisation's own accounts. */
export function ProvidersPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const providers = useQuery({
    ...answerQuery<ProviderList>(adminKeys.providers, "/providers"),
    refetchInterval: LIVE_MS,
  });
  const columns: Column<ProviderRead>[] = [
    { id: "name", header: t("adminModels.providers.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    { id: "status", header: t("adminModels.providers.status"), cell: (provider) => <State provider={provider} /> },
    {
      id: "models",
      header: t("admin.places.models"),
      cell: ({ models }) => models,
      sort: ({ models }) => models,
      isNumber: true,
    },
    {
      id: "detail",
      header: t("adminModels.providers.detail"),
      cell: ({ detail }) => detail || "–",
      isWide: true,
    },
  ];
  return (
    <Page title={t("admin.places.providers")} lead={t("adminModels.providers.lead")}>
      {may("providers:manage") ? <Connections /> : null}
      <Card title={t("adminModels.providers.house")} lead={t("adminModels.providers.houseLead")}>
        <Loaded query={providers}>
          {({ data }) => (
            <DataTable
              label={t("adminModels.providers.house")}
              columns={columns}
              rows={data}
              rowKey={({ name }) => name}
            />
          )}
        </Loaded>
      </Card>
    </Page>
  );
}

function State({ provider: { status, resting } }: { provider: ProviderRead }) {
  const { t } = useTranslation();
  const known = STATES.find((state) => state === status);
  const tone: Tone = status === "ok" ? "good" : status === "unreachable" ? "calm" : "bad";
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Badge tone={tone}>{known ? t(`adminModels.outcomes.${known}`) : status}</Badge>
      {resting > 0 ? <Badge tone="warn">{t("admin.health.resting", { count: resting })}</Badge> : null}
    </span>
  );
}

function Connections() {
  const { t } = useTranslation();
  const connections = useWhole<ConnectionRead>(adminKeys.connections, "/provider-connections");
  const columns: Column<ConnectionRead>[] = [
    { id: "name", header: t("adminModels.connections.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "provider",
      header: t("adminModels.connections.provider"),
      cell: ({ provider }) => <code className="font-mono text-xs">{provider}/…</code>,
    },
    { id: "address", header: t("adminModels.connections.address"), cell: ({ base_url }) => base_url, isWide: true },
    {
      id: "state",
      header: t("adminModels.providers.status"),
      cell: ({ enabled }) => (
        <Badge tone={enabled ? "good" : "calm"}>
          {t(enabled ? "adminModels.connections.on" : "adminModels.connections.off")}
        </Badge>
      ),
    },
  ];
  return (
    <ListCard
      title={t("adminModels.connections.title")}
      lead={t("adminModels.connections.lead")}
      query={connections}
      idOf={({ id }) => id}
      none={t("adminModels.connections.none")}
      makings={[
        {
          label: t("adminModels.connections.make"),
          lead: t("adminModels.connections.makeLead"),
          form: (done) => <ConnectionForm onMade={({ id }) => done(id)} onCancel={() => done()} />,
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("adminModels.connections.title")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          onOpen={open}
        />
      )}
      detail={(connection, close) => ({
        title: connection.name,
        content: <ConnectionDetail connection={connection} onGone={close} />,
      })}
    />
  );
}
