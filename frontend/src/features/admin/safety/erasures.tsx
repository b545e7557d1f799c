import { UserX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge, type Tone } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { GraveForm } from "#features/admin/parts/grave-form.tsx";
import { ListCard } from "#features/admin/parts/listing.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { PersonChoice } from "#features/admin/parts/person-choice.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { Receipt } from "#features/admin/parts/receipt.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { ErasureRead, MemberRead } from "#shared/api/schema.d.ts";

const TONES: Record<ErasureRead["state"], Tone> = { running: "warn", done: "good", stopped: "bad" };

/** People who were removed with all that was theirs, and the proof of it. */
export function Erasures() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const format = useFormat();
  const erasures = usePages<ErasureRead>(adminKeys.erasures, "/privacy/erasures", { limit: 50 }, true, isRunning);
  const columns: Column<ErasureRead>[] = [
    {
      id: "user",
      header: t("adminSafety.erasures.whose"),
      cell: ({ user_id }) => <code className="break-all font-mono text-xs">{user_id}</code>,
    },
    {
      id: "state",
      header: t("adminSafety.keys.state"),
      cell: ({ state }) => <Badge tone={TONES[state]}>{t(`adminSafety.erasureStates.${state}`)}</Badge>,
    },
    {
      id: "began",
      header: t("adminSafety.erasures.began"),
      cell: ({ created_at }) => format.moment(created_at),
      isWide: true,
    },
    {
      id: "rows",
      header: t("adminSafety.erasures.rows"),
      cell: ({ counts }) => format.whole(totalOf(counts)),
      isNumber: true,
      isWide: true,
    },
  ];
  const making = {
    label: t("adminSafety.erasures.make"),
    lead: t("adminSafety.erasures.makeLead"),
    icon: UserX,
    isPlain: true,
    form: (done: (id?: string) => void) => <ErasureForm onDone={(id) => done(id)} />,
  };
  return (
    <ListCard
      title={t("adminSafety.erasures.title")}
      lead={t("adminSafety.erasures.lead")}
      none={t("adminSafety.erasures.none")}
      query={erasures}
      idOf={({ id }) => id}
      makings={may("users:manage") && may("users:read") ? [making] : []}
      rows={(data, open) => (
        <DataTable
          label={t("adminSafety.erasures.title")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          more={erasures.more}
          onOpen={open}
        />
      )}
      detail={(erasure) => ({
        title: t("adminSafety.erasures.one"),
        content: <Erasure erasure={erasure} />,
      })}
    />
  );
}

function isRunning({ state }: ErasureRead): boolean {
  return state === "running";
}

function totalOf(counts: ErasureRead["counts"]): number {
  return Object.values(counts).reduce((sum, rows) => sum + Number(rows), 0);
}

function ErasureForm({ onDone }: { onDone: (id?: string) => void }) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<MemberRead | null>(null);
  return (
    <GraveForm
      act={(data) =>
        json<ErasureRead>("/privacy/erasures", { method: "POST", body: { user_id: text(data, "user_id") } })
      }
      changes={[adminKeys.erasures, adminKeys.users]}
      onDone={({ id }) => onDone(id)}
      onCancel={() => onDone()}
      submit={t("adminSafety.erasures.make")}
      happens={[
        t("adminSafety.erasures.removes"),
        t("adminSafety.erasures.erases"),
        t("adminSafety.erasures.keeps"),
        t("adminSafety.erasures.never"),
      ]}
      expected={person?.email || person?.name || ""}
    >
      <PersonChoice name="user_id" label={t("adminSafety.erasures.person")} onChoose={setPerson} />
    </GraveForm>
  );
}

function Erasure({ erasure }: { erasure: ErasureRead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const counts = Object.entries(erasure.counts).filter(([, rows]) => Number(rows) > 0);
  return (
    <div className="space-y-6">
      <div role="status">
        <Badge tone={TONES[erasure.state]}>{t(`adminSafety.erasureStates.${erasure.state}`)}</Badge>
        {erasure.state === "running" ? (
          <p className="mt-1 text-sm text-soft">{t("adminSafety.erasures.running")}</p>
        ) : null}
      </div>
      <Facts
        facts={[
          [t("adminSafety.erasures.began"), format.moment(erasure.created_at)],
          [t("adminSafety.erasures.ended"), erasure.done_at ? format.moment(erasure.done_at) : "–"],
          ...counts.map(([table, rows]) => [table, format.whole(Number(rows))] as const),
        ]}
      />
      {erasure.receipt ? (
        <Part title={t("admin.receipt.title")}>
          <Receipt
            receipt={{ text: erasure.receipt, key: erasure.key, signature: erasure.signature }}
            name={`chimera-erasure-${erasure.id}.json`}
          />
        </Part>
      ) : null}
    </div>
  );
}
