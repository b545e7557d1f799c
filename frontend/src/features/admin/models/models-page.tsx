import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Page } from "#features/admin/parts/page.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ModelRead } from "#shared/api/schema.d.ts";
import type { ModelList } from "#shared/api/types.ts";
import { Allowed } from "./allowed.tsx";
import { ModelDetail } from "./model-detail.tsx";

/** What can be asked: models and deployments with price, window and abilities; and which of them are allowed. */
export function ModelsPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const [opened, setOpened] = useState<ModelRead | null>(null);
  const models = useQuery(answerQuery<ModelList>(adminKeys.models, "/models"));
  const columns: Column<ModelRead>[] = [
    {
      id: "id",
      header: t("adminModels.models.model"),
      cell: ({ id }) => <span className="font-mono text-[0.8125rem]">{id}</span>,
      sort: ({ id }) => id,
    },
    {
      id: "what",
      header: t("adminModels.models.what"),
      cell: (model) => <What model={model} />,
      isWide: true,
    },
    {
      id: "window",
      header: t("adminModels.models.window"),
      cell: ({ context_tokens: tokens }) => (tokens ? format.short(tokens) : "–"),
      sort: ({ context_tokens }) => context_tokens ?? 0,
      isNumber: true,
      isWide: true,
    },
    {
      id: "input",
      header: t("adminModels.models.input"),
      cell: ({ price }) => <Price price={price} of="input" />,
      sort: ({ price }) => price?.tiers[0]?.input ?? "0",
      isNumber: true,
    },
    {
      id: "output",
      header: t("adminModels.models.output"),
      cell: ({ price }) => <Price price={price} of="output" />,
      sort: ({ price }) => price?.tiers[0]?.output ?? "0",
      isNumber: true,
    },
  ];
  return (
    <Page title={t("admin.places.models")} lead={t("adminModels.models.lead")}>
      {may("policies:manage") ? <Allowed /> : null}
      <Loaded query={models}>
        {({ data }) => (
          <DataTable
            label={t("admin.places.models")}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            words={({ id, provider }) => `${id} ${provider}`}
            onOpen={setOpened}
          />
        )}
      </Loaded>
      <Drawer open={opened !== null} onClose={() => setOpened(null)} title={opened?.id ?? ""}>
        {opened ? <ModelDetail model={opened} /> : null}
      </Drawer>
    </Page>
  );
}

function What({ model }: { model: ModelRead }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex flex-wrap gap-1">
      {model.kind === "embedding" ? <Badge>{t("adminModels.models.embedding")}</Badge> : null}
      {model.targets.length > 0 ? <Badge tone="good">{t("adminModels.models.deployment")}</Badge> : null}
      {model.alias_of ? <Badge>{t("adminModels.models.alias", { name: model.alias_of })}</Badge> : null}
      {model.deprecated ? <Badge tone="warn">{t("adminModels.models.deprecated")}</Badge> : null}
      {model.circuit === "open" ? <Badge tone="bad">{t("models.resting")}</Badge> : null}
      {model.circuit === "half_open" ? <Badge tone="warn">{t("models.tryAgain")}</Badge> : null}
      {model.demonstration ? <Badge tone="warn">{t("models.demonstration")}</Badge> : null}
    </span>
  );
}

function Price({ price, of }: { price: ModelRead["price"]; of: "input" | "output" }) {
  const { t } = useTranslation();
  if (price?.free) return <Badge tone="good">{t("adminModels.models.free")}</Badge>;
  const usd = price?.tiers[0]?.[of];
  return usd ? <Money usd={usd} /> : <span className="text-faint">{t("adminModels.models.unknown")}</span>;
}
