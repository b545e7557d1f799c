import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Choice, Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { putSection } from "#features/admin/parts/policy.ts";
import { decimalOrNull, shareOrNull, text } from "#features/admin/parts/reading.ts";
import { ApiError, asApiError } from "#shared/api/errors.ts";
import type { Experiment, Policy } from "#shared/api/schema.d.ts";

const KINDS = ["canary", "ab", "shadow"] as const;
const PLACE = /^running[.[]\d+\]?\./;
const STICKY = ["conversation", "user"] as const;

type ExperimentFormProps = {
  running: readonly Experiment[];
  /** The one that is changed; a new one else. */
  now: Experiment | null;
  onDone: () => void;
};

/** Sets all of them; of a fault the server names its place in the list, the form knows its fields by their own names. */
export async function putExperiments(running: readonly Experiment[]): Promise<Policy> {
  try {
    return await putSection("experiments", { running: [...running] });
  } catch (thrown) {
    const error = asApiError(thrown);
    if (!error.problem?.errors) throw error;
    const errors = error.problem.errors.map((fault) => ({ ...fault, field: fault.field.replace(PLACE, "") }));
    throw ApiError.fromProblem({ ...error.problem, errors });
  }
}

export function ExperimentForm({ running, now, onDone }: ExperimentFormProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Experiment["kind"]>(now?.kind ?? "canary");
  const place = now ? running.findIndex(({ name }) => name === now.name) : running.length;
  return (
    <Form
      act={(data) => {
        const wanted: Experiment = {
          name: now?.name ?? text(data, "name"),
          kind: text(data, "kind") as NonNullable<Experiment["kind"]>,
          model: text(data, "model"),
          challenger: text(data, "challenger"),
          // Nothing is no number: the server says so at the field.
          share: shareOrNull(data, "share") as number,
          sticky: text(data, "sticky") as NonNullable<Experiment["sticky"]>,
          ...(kind === "shadow" ? { usd_per_day: decimalOrNull(data, "usd_per_day") as number } : {}),
        };
        return putExperiments(running.toSpliced(place, 1, wanted));
      }}
      changes={[adminKeys.policies, adminKeys.experiments]}
      onDone={onDone}
      submit={now ? t("admin.save") : t("adminModels.experiments.make")}
    >
      {now ? null : (
        <Line
          name="name"
          label={t("adminModels.experiments.name")}
          hint={t("adminModels.experiments.nameHint")}
          placeholder="try-mini"
          spellCheck={false}
        />
      )}
      <Choice
        name="kind"
        label={t("adminModels.experiments.kind")}
        hint={t(`adminModels.experimentHints.${kind ?? "canary"}`)}
        value={kind}
        onChange={({ target }) => setKind(KINDS.find((one) => one === target.value) ?? "canary")}
        options={KINDS.map((value) => ({ value, label: t(`adminModels.experimentKinds.${value}`) }))}
      />
      <Line
        name="model"
        label={t("adminModels.experiments.model")}
        hint={t("adminModels.experiments.modelHint")}
        placeholder="openai/gpt-5"
        spellCheck={false}
        defaultValue={now?.model ?? ""}
      />
      <Line
        name="challenger"
        label={t("adminModels.experiments.challenger")}
        placeholder="openai/gpt-5-mini"
        spellCheck={false}
        defaultValue={now?.challenger ?? ""}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Line
          name="share"
          inputMode="decimal"
          label={t("adminModels.experiments.sharePercent")}
          hint={t("adminModels.experiments.shareHint")}
          defaultValue={now ? Math.round(now.share * 10_000) / 100 : 5}
        />
        <Choice
          name="sticky"
          label={t("adminModels.experiments.sticky")}
          defaultValue={now?.sticky ?? "conversation"}
          options={STICKY.map((value) => ({ value, label: t(`adminModels.sticky.${value}`) }))}
        />
      </div>
      {kind === "shadow" ? (
        <Line
          name="usd_per_day"
          inputMode="decimal"
          label={t("adminModels.experiments.usdPerDay")}
          hint={t("adminModels.experiments.usdHint")}
          defaultValue={now?.usd_per_day ?? 1}
        />
      ) : null}
    </Form>
  );
}
