import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, useWhole } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { Choice, Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { ListCard } from "#features/admin/parts/listing.tsx";
import { PersonChoice } from "#features/admin/parts/person-choice.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import { json } from "#shared/api/client.ts";
import type { LegalHoldRead } from "#shared/api/schema.d.ts";

const KINDS = ["user", "conversation", "organisation"] as const;

type Kind = (typeof KINDS)[number];

/** What must not be deleted, and why; released ones are told, too. */
export function Holds() {
  const { t } = useTranslation();
  const format = useFormat();
  const holds = useWhole<LegalHoldRead>(adminKeys.holds, "/privacy/legal-holds");
  const people = holds.data?.flatMap(({ user_id, created_by }) => [user_id ?? created_by, created_by]) ?? [];
  const nameOf = useNames("user", [...new Set(people)]);
  // One of a conversation names its owner as well.
  const whatOf = ({ user_id: user, conversation_id: conversation }: LegalHoldRead) => {
    if (conversation) return user ? t("adminSafety.holds.conversationOf", { name: nameOf(user) }) : conversation;
    return user ? nameOf(user) : t("adminSafety.holds.everything");
  };
  const columns: Column<LegalHoldRead>[] = [
    { id: "what", header: t("adminSafety.holds.what"), cell: whatOf, sort: whatOf },
    { id: "reason", header: t("adminSafety.holds.reason"), cell: ({ reason }) => reason, isWide: true },
    {
      id: "since",
      header: t("adminSafety.holds.since"),
      cell: ({ created_at }) => format.day(created_at),
      sort: ({ created_at }) => created_at,
    },
    {
      id: "state",
      header: t("adminSafety.keys.state"),
      cell: ({ released_at }) =>
        released_at ? (
          <Badge>{t("adminSafety.holds.released")}</Badge>
        ) : (
          <Badge tone="warn">{t("adminSafety.holds.stands")}</Badge>
        ),
    },
  ];
  return (
    <ListCard
      title={t("adminSafety.holds.title")}
      lead={t("adminSafety.holds.lead")}
      none={t("adminSafety.holds.none")}
      query={holds}
      idOf={({ id }) => id}
      makings={[
        {
          label: t("adminSafety.holds.make"),
          lead: t("adminSafety.holds.makeLead"),
          form: (done) => <HoldForm onDone={() => done()} />,
        },
      ]}
      rows={(data, open) => (
        <DataTable
          label={t("adminSafety.holds.title")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          onOpen={open}
        />
      )}
      detail={(hold, close) => ({
        title: whatOf(hold),
        content: <Hold hold={hold} who={nameOf(hold.created_by)} onGone={close} />,
      })}
    />
  );
}

function HoldForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("user");
  const [isChosen, setChosen] = useState(false);
  const isReady = kind !== "user" || isChosen;
  return (
    <Form
      act={(data) =>
        json<LegalHoldRead>("/privacy/legal-holds", {
          method: "POST",
          body: {
            reason: text(data, "reason"),
            ...(kind === "user" ? { user_id: text(data, "user_id") } : {}),
            ...(kind === "conversation" ? { conversation_id: text(data, "conversation_id") } : {}),
          },
        })
      }
      changes={[adminKeys.holds, adminKeys.policies]}
      onDone={onDone}
      submit={t("adminSafety.holds.make")}
      isReady={isReady}
    >
      <Choice
        name="kind"
        label={t("adminSafety.holds.what")}
        value={kind}
        onChange={({ target }) => setKind(KINDS.find((one) => one === target.value) ?? "user")}
        options={KINDS.map((value) => ({ value, label: t(`adminSafety.holdKinds.${value}`) }))}
      />
      {kind === "user" ? (
        <PersonChoice
          name="user_id"
          label={t("adminSafety.holds.whose")}
          onChoose={(person) => setChosen(person !== null)}
        />
      ) : null}
      {kind === "conversation" ? (
        <Line
          name="conversation_id"
          label={t("adminSafety.holds.conversation")}
          hint={t("adminSafety.holds.conversationHint")}
          spellCheck={false}
        />
      ) : null}
      <Line
        name="reason"
        label={t("adminSafety.holds.reason")}
        hint={t("adminSafety.holds.reasonHint")}
        maxLength={500}
      />
    </Form>
  );
}

function Hold({ hold, who, onGone }: { hold: LegalHoldRead; who: string; onGone: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminSafety.holds.reason"), hold.reason],
          [t("adminSafety.holds.by"), who],
          [t("adminSafety.holds.since"), format.moment(hold.created_at)],
          ...(hold.conversation_id
            ? [
                [
                  t("adminSafety.holds.conversation"),
                  <code key="id" className="select-all break-all font-mono text-xs">
                    {hold.conversation_id}
                  </code>,
                ] as const,
              ]
            : []),
          ...(hold.released_at ? [[t("adminSafety.holds.released"), format.moment(hold.released_at)] as const] : []),
        ]}
      />
      {hold.released_at ? null : (
        <Removal
          path={`/privacy/legal-holds/${hold.id}`}
          changes={[adminKeys.holds, adminKeys.policies]}
          action={t("adminSafety.holds.release")}
          title={t("adminSafety.holds.releaseTitle")}
          text={t("adminSafety.holds.releaseText")}
          said={t("adminSafety.holds.releasedNow")}
          onGone={onGone}
        />
      )}
    </div>
  );
}
