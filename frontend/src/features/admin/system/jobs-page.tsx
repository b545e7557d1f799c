import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery, usePages } from "#features/admin/parts/api.ts";
import { Badge, type Tone } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer, Facts } from "#features/admin/parts/drawer.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Empty, Page } from "#features/admin/parts/page.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { JobRead, ScheduleList, ScheduleRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";

const STATES = ["all", "waiting", "running", "dead"] as const;
const TONES: Record<JobRead["state"], Tone> = { waiting: "calm", running: "good", dead: "bad" };

/** Work that is done though nobody waits for it: what waits, runs, or was given up. */
export function JobsPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const [state, setState] = useState<(typeof STATES)[number]>("all");
  const [openedId, setOpenedId] = useState<string | null>(null);
  const jobs = usePages<JobRead>(adminKeys.jobs, "/jobs", { limit: 50, state: state === "all" ? undefined : state });
  const opened = jobs.data?.find(({ id }) => id === openedId) ?? null;
  const columns: Column<JobRead>[] = [
    { id: "kind", header: t("adminSystem.jobs.kind"), cell: ({ kind }) => kind, sort: ({ kind }) => kind },
    {
      id: "state",
      header: t("adminSystem.jobs.state"),
      cell: ({ state: stands }) => <Badge tone={TONES[stands]}>{t(`adminSystem.jobStates.${stands}`)}</Badge>,
    },
    { id: "due", header: t("adminSystem.jobs.due"), cell: ({ due_at }) => format.moment(due_at) },
    {
      id: "attempts",
      header: t("adminSystem.jobs.attempts"),
      cell: ({ attempts }) => attempts,
      sort: ({ attempts }) => attempts,
      isNumber: true,
      isWide: true,
    },
    { id: "trouble", header: t("adminSystem.jobs.trouble"), cell: ({ trouble }) => trouble ?? "–", isWide: true },
  ];
  const picker = (
    <Picker
      label={t("adminSystem.jobs.state")}
      value={state}
      onChange={setState}
      options={STATES.map((value) => ({ value, label: t(`adminSystem.jobStates.${value}`) }))}
    />
  );
  return (
    <Page title={t("admin.places.jobs")} lead={t("adminSystem.jobs.lead")}>
      <Loaded query={jobs}>
        {(data) =>
          data.length === 0 && state === "all" ? (
            <Empty title={t("adminSystem.jobs.emptyTitle")} text={t("adminSystem.jobs.emptyText")} />
          ) : (
            <DataTable
              label={t("admin.places.jobs")}
              columns={columns}
              rows={data}
              rowKey={({ id }) => id}
              filters={picker}
              more={jobs.more}
              onOpen={({ id }) => setOpenedId(id)}
            />
          )
        }
      </Loaded>
      {may("operate") ? <Schedules /> : null}
      <Drawer open={opened !== null} onClose={() => setOpenedId(null)} title={opened?.kind ?? ""}>
        {opened ? <JobDetail job={opened} onGone={() => setOpenedId(null)} /> : null}
      </Drawer>
    </Page>
  );
}

function JobDetail({ job, onGone }: { job: JobRead; onGone: () => void }) {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const path = `/jobs/${job.id}`;
  const again = useChange({
    act: () => json(`${path}/retry`, { method: "POST" }),
    changes: [adminKeys.jobs],
    said: t("adminSystem.jobs.retried"),
  });
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminSystem.jobs.state"), t(`adminSystem.jobStates.${job.state}`)],
          [t("adminSystem.jobs.attempts"), format.whole(job.attempts)],
          [t("adminSystem.jobs.trouble"), job.trouble ?? "–"],
          [t("adminSystem.jobs.due"), format.second(job.due_at)],
          [t("adminSystem.jobs.made"), format.second(job.created_at)],
          [t("adminSystem.jobs.replica"), job.replica ?? "–"],
        ]}
      />
      {may("tenant:manage") ? (
        <>
          {job.state === "running" ? null : (
            <Button disabled={again.isPending} onClick={() => again.mutate(undefined)}>
              {t("adminSystem.jobs.retry")}
            </Button>
          )}
          <Removal
            path={path}
            changes={[adminKeys.jobs]}
            action={t("adminSystem.jobs.cancel")}
            title={t("adminSystem.jobs.cancelTitle")}
            text={t("adminSystem.jobs.cancelText")}
            said={t("adminSystem.jobs.cancelled")}
            onGone={onGone}
          />
        </>
      ) : null}
    </div>
  );
}

function Schedules() {
  const { t } = useTranslation();
  const format = useFormat();
  const schedules = useQuery(answerQuery<ScheduleList>(adminKeys.jobs, "/jobs/schedules"));
  const columns: Column<ScheduleRead>[] = [
    { id: "name", header: t("adminSystem.jobs.kind"), cell: ({ name }) => name, sort: ({ name }) => name },
    { id: "next", header: t("adminSystem.jobs.next"), cell: ({ due_at }) => format.moment(due_at), isWide: true },
    {
      id: "last",
      header: t("adminSystem.jobs.last"),
      cell: ({ done_at: at }) => (at ? format.moment(at) : "–"),
      isWide: true,
    },
    {
      id: "state",
      header: t("adminSystem.jobs.state"),
      cell: ({ trouble }) =>
        trouble ? <Badge tone="bad">{trouble}</Badge> : <Badge tone="good">{t("adminSystem.jobs.well")}</Badge>,
    },
  ];
  return (
    <Card title={t("adminSystem.jobs.schedules")} lead={t("adminSystem.jobs.schedulesLead")}>
      <Loaded query={schedules} rows={2}>
        {({ data }) => (
          <DataTable
            label={t("adminSystem.jobs.schedules")}
            columns={columns}
            rows={data}
            rowKey={({ name }) => name}
          />
        )}
      </Loaded>
    </Card>
  );
}
