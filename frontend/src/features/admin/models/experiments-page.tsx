import { useTranslation } from "react-i18next";
import { adminKeys, useWhole } from "#features/admin/parts/api.ts";
import { Badge, type Tone } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Page } from "#features/admin/parts/page.tsx";
import { useSection } from "#features/admin/parts/policy.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { Experiment, ExperimentRead } from "#shared/api/schema.d.ts";
import { ExperimentDetail } from "./experiment-detail.tsx";
import { ExperimentForm } from "./experiment-form.tsx";

const LIVE_MS = 15_000;
const TONES: Record<ExperimentRead["errors"], Tone> = { no_difference_yet: "calm", better: "good", worse: "bad" };

/** Models that are tried beside others on a share of the calls, and what that has shown. */
export function ExperimentsPage() {
  const { t } = useTranslation();
  const section = useSection("experiments");
  // A form that adds to the list has to know all of it, or it would take the others away.
  if (!section.data) {
    return (
      <Page title={t("admin.places.experiments")} lead={t("adminModels.experiments.lead")}>
        <Loaded query={section}>{() => null}</Loaded>
      </Page>
    );
  }
  return <Running running={section.data.policy.running} />;
}

function Running({ running }: { running: readonly Experiment[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const experiments = useWhole<ExperimentRead>(adminKeys.experiments, "/experiments", {}, LIVE_MS);
  const columns: Column<ExperimentRead>[] = [
    { id: "name", header: t("adminModels.experiments.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "kind",
      header: t("adminModels.experiments.kind"),
      cell: ({ kind }) => t(`adminModels.experimentKinds.${kind}`),
    },
    {
      id: "models",
      header: t("adminModels.experiments.models"),
      cell: ({ model, challenger }) => (
        <span className="font-mono text-xs">
          {model} / {challenger}
        </span>
      ),
      isWide: true,
    },
    {
      id: "share",
      header: t("adminModels.experiments.share"),
      cell: ({ share }) => format.share(share),
      sort: ({ share }) => share,
      isNumber: true,
      isWide: true,
    },
    { id: "shows", header: t("adminModels.experiments.shows"), cell: (one) => <Verdict experiment={one} /> },
  ];
  return (
    <ListPage
      title={t("admin.places.experiments")}
      lead={t("adminModels.experiments.lead")}
      query={experiments}
      idOf={({ name }) => name}
      empty={{ title: t("adminModels.experiments.emptyTitle"), text: t("adminModels.experiments.emptyText") }}
      makings={[
        {
          label: t("adminModels.experiments.make"),
          lead: t("adminModels.experiments.makeLead"),
          form: (done) => <ExperimentForm running={running} now={null} onDone={() => done()} />,
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.experiments")}
          columns={columns}
          rows={data}
          rowKey={({ name }) => name}
          onOpen={open}
        />
      )}
      detail={(experiment, close) => ({
        title: experiment.name,
        content: <ExperimentDetail experiment={experiment} running={running} onGone={close} />,
      })}
    />
  );
}

/** How it goes, in a word: its end outweighs all, then errors, then latency. */
function Verdict({ experiment: { ended, errors, latency } }: { experiment: ExperimentRead }) {
  const { t } = useTranslation();
  if (ended) return <Badge tone="bad">{t("adminModels.experiments.ended")}</Badge>;
  if (errors !== "no_difference_yet") {
    return <Badge tone={TONES[errors]}>{t(`adminModels.errorVerdicts.${errors}`)}</Badge>;
  }
  if (latency === "no_difference_yet") return <Badge>{t("adminModels.experiments.same")}</Badge>;
  return <Badge tone={TONES[latency]}>{t(`adminModels.latencyVerdicts.${latency}`)}</Badge>;
}
