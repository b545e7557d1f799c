import { useQuery } from "@tanstack/react-query";
import { FolderArchive } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Page } from "#features/admin/parts/page.tsx";
import { PersonChoice } from "#features/admin/parts/person-choice.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { request } from "#shared/api/client.ts";
import type { RetentionKind, RetentionPreview } from "#shared/api/schema.d.ts";
import { saveFile } from "#shared/lib/save-file.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { Erasures } from "./erasures.tsx";
import { Holds } from "./holds.tsx";

/** What is kept of people: handed out, erased, held, and how much of it goes by itself. */
export function PrivacyPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  return (
    <Page title={t("admin.places.privacy")} lead={t("adminSafety.privacy.lead")}>
      <Holds />
      <Erasures />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {may("users:read") ? <Export /> : null}
        <Retention />
      </div>
    </Page>
  );
}

function Export() {
  const { t } = useTranslation();
  const toast = useToast();
  const [isChosen, setChosen] = useState(false);
  return (
    <Card title={t("adminSafety.export.title")} lead={t("adminSafety.export.lead")}>
      <Form
        act={async (data) => {
          const answer = await request("/privacy/exports", {
            method: "POST",
            body: { user_id: text(data, "user_id") },
            headers: { accept: "application/zip" },
          });
          return answer.blob();
        }}
        changes={[]}
        onDone={(file) => {
          saveFile(file, "data.zip");
          toast(t("adminSafety.export.done"));
        }}
        submit={t("adminSafety.export.run")}
        isReady={isChosen}
      >
        <PersonChoice
          name="user_id"
          label={t("adminSafety.export.whose")}
          onChoose={(person) => setChosen(person !== null)}
        />
        <p className="flex gap-2 text-faint text-xs">
          <FolderArchive aria-hidden="true" className="size-4 shrink-0" />
          {t("adminSafety.export.holds")}
        </p>
      </Form>
    </Card>
  );
}

type Kind = RetentionKind & { name: string };

const KINDS = [
  "conversations",
  "memories",
  "temporary",
  "responses",
  "files",
  "batches",
  "webhook_log",
  "audit",
] as const;

function Retention() {
  const { t } = useTranslation();
  const format = useFormat();
  const preview = useQuery(answerQuery<RetentionPreview>(adminKeys.policies, "/privacy/retention/preview"));
  const nameOf = ({ name }: Kind) => {
    const known = KINDS.find((one) => one === name);
    return known ? t(`adminSafety.kinds.${known}`) : name;
  };
  const columns: Column<Kind>[] = [
    { id: "name", header: t("adminSafety.retention.what"), cell: nameOf, sort: nameOf },
    {
      id: "days",
      header: t("adminSafety.retention.days"),
      cell: ({ days }) => (days === null ? t("adminSafety.retention.ever") : format.whole(days)),
      isNumber: true,
    },
    {
      id: "rows",
      header: t("adminSafety.retention.rows"),
      cell: ({ rows }) => format.whole(rows),
      sort: ({ rows }) => rows,
      isNumber: true,
    },
  ];
  return (
    <Card title={t("adminSafety.retention.title")} lead={t("adminSafety.retention.lead")}>
      <Loaded query={preview} rows={4}>
        {({ held, kinds }) => (
          <>
            {held ? <p className="mb-3 text-bronze text-sm">{t("adminSafety.retention.held")}</p> : null}
            <DataTable
              label={t("adminSafety.retention.title")}
              columns={columns}
              rows={Object.entries(kinds).map(([name, kind]) => ({ name, ...kind }))}
              rowKey={({ name }) => name}
            />
          </>
        )}
      </Loaded>
    </Card>
  );
}
