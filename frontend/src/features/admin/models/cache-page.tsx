import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Choice, Line, Tick } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card, Page } from "#features/admin/parts/page.tsx";
import { putSection, type Section, useSection } from "#features/admin/parts/policy.ts";
import { isTicked, shareOrNull, text, wholeOrNull } from "#features/admin/parts/reading.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { send } from "#shared/api/client.ts";
import type { CacheRead, TallyRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { CachedAnswer } from "./cached-answer.tsx";

const MODES = ["off", "join", "exact", "semantic"] as const;

/** Answers that are given again: which, to whom, and what that saved. */
export function CachePage() {
  const { t } = useTranslation();
  const section = useSection("cache");
  const [isAsking, setAsking] = useState(false);
  const clear = useChange({
    act: () => send("/cache", { method: "DELETE" }),
    changes: [adminKeys.cache],
    said: t("adminModels.cache.cleared"),
  });
  return (
    <Page
      title={t("admin.places.cache")}
      lead={t("adminModels.cache.lead")}
      actions={
        <Button disabled={clear.isPending} onClick={() => setAsking(true)}>
          {t("adminModels.cache.clear")}
        </Button>
      }
    >
      <Card title={t("adminModels.cache.policy")}>
        <Loaded query={section} rows={3}>
          {(known) => <CachePolicyForm key={known.version} section={known} />}
        </Loaded>
      </Card>
      <Saved />
      <CachedAnswer />
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={t("adminModels.cache.clearTitle")}
        text={t("adminModels.cache.clearText")}
        action={t("adminModels.cache.clear")}
        onConfirm={() => clear.mutate(undefined)}
      />
    </Page>
  );
}

function CachePolicyForm({ section }: { section: Section<"cache"> }) {
  const { t } = useTranslation();
  const toast = useToast();
  const { policy } = section;
  const [mode, setMode] = useState<string>(policy.mode);
  return (
    <Form
      act={(data) =>
        putSection("cache", {
          mode: text(data, "mode") as typeof policy.mode,
          shared: isTicked(data, "shared"),
          conversations: isTicked(data, "conversations"),
          ttl_s: wholeOrNull(data, "ttl_s") ?? policy.ttl_s,
          max_wrong: shareOrNull(data, "max_wrong") ?? policy.max_wrong,
        })
      }
      changes={[adminKeys.policies]}
      onDone={() => toast(t("adminModels.cache.saved"))}
      submit={t("admin.save")}
    >
      <div className="grid gap-4 sm:grid-cols-3">
        <Choice
          name="mode"
          label={t("adminModels.cache.mode")}
          hint={t(`adminModels.cacheModes.${MODES.find((one) => one === mode) ?? "off"}Hint`)}
          value={mode}
          onChange={({ target }) => setMode(target.value)}
          options={MODES.map((value) => ({ value, label: t(`adminModels.cacheModes.${value}`) }))}
        />
        <Line
          name="ttl_s"
          inputMode="numeric"
          label={t("adminModels.cache.age")}
          hint={t("adminModels.cache.ageHint")}
          defaultValue={policy.ttl_s}
        />
        <Line
          name="max_wrong"
          inputMode="decimal"
          label={t("adminModels.cache.wrong")}
          hint={t("adminModels.cache.wrongHint")}
          defaultValue={Math.round(policy.max_wrong * 10_000) / 100}
        />
      </div>
      <Tick
        name="shared"
        label={t("adminModels.cache.shared")}
        hint={t("adminModels.cache.sharedHint")}
        defaultChecked={policy.shared}
      />
      <Tick
        name="conversations"
        label={t("adminModels.cache.conversations")}
        hint={t("adminModels.cache.conversationsHint")}
        defaultChecked={policy.conversations}
      />
    </Form>
  );
}

function Saved() {
  const { t } = useTranslation();
  const format = useFormat();
  const cache = useQuery(answerQuery<CacheRead>(adminKeys.cache, "/cache"));
  const count = (id: "exact" | "semantic" | "joined" | "missed"): Column<TallyRead> => ({
    id,
    header: t(`adminModels.tallies.${id}`),
    cell: (day) => format.whole(day[id]),
    sort: (day) => day[id],
    isNumber: true,
    isWide: id === "joined" || id === "semantic",
  });
  const columns: Column<TallyRead>[] = [
    { id: "day", header: t("adminModels.cache.day"), cell: ({ day }) => format.day(day), sort: ({ day }) => day },
    count("exact"),
    count("semantic"),
    count("joined"),
    count("missed"),
    {
      id: "saved",
      header: t("adminModels.cache.savedUsd"),
      cell: ({ saved_usd }) => <Money usd={saved_usd} />,
      sort: ({ saved_usd }) => saved_usd,
      isNumber: true,
    },
  ];
  return (
    <Card title={t("adminModels.cache.what")}>
      <Loaded query={cache}>
        {({ days }) =>
          days.length === 0 ? (
            <p className="text-faint text-sm">{t("adminModels.cache.nothing")}</p>
          ) : (
            <DataTable label={t("adminModels.cache.what")} columns={columns} rows={days} rowKey={({ day }) => day} />
          )
        }
      </Loaded>
    </Card>
  );
}
