import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Money } from "#features/admin/parts/money.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ArmRead, Experiment, ExperimentRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { ExperimentForm, putExperiments } from "./experiment-form.tsx";

type ExperimentDetailProps = { experiment: ExperimentRead; running: readonly Experiment[]; onGone: () => void };

/** Both models beside each other, what may be said of them by now, and the experiment's terms. */
export function ExperimentDetail({ experiment, running, onGone }: ExperimentDetailProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const now = running.find(({ name }) => name === experiment.name);
  const remove = useChange({
    act: () => putExperiments(running.filter(({ name }) => name !== experiment.name)),
    changes: [adminKeys.policies, adminKeys.experiments],
    said: t("adminModels.experiments.deleted"),
    onDone: onGone,
  });
  return (
    <div className="space-y-6">
      {experiment.ended ? (
        <p className="rounded-xl bg-danger-wash px-4 py-3 text-danger text-sm">
          {t("adminModels.experiments.endedAs")} {experiment.ended}
        </p>
      ) : null}
      <Arms experiment={experiment} />
      <div className="space-y-1 text-sm">
        <p>{t(`adminModels.errorVerdicts.${experiment.errors}`)}.</p>
        <p>{t(`adminModels.latencyVerdicts.${experiment.latency}`)}.</p>
        <p className="text-faint text-xs">{t("adminModels.experiments.sure")}</p>
      </div>
      {now ? (
        <Part title={t("adminModels.experiments.change")}>
          <ExperimentForm
            key={JSON.stringify(now)}
            running={running}
            now={now}
            onDone={() => toast(t("adminModels.experiments.changed"))}
          />
        </Part>
      ) : null}
      <div className="flex justify-end border-line border-t pt-4">
        <Button look="danger" disabled={remove.isPending} onClick={() => setAsking(true)}>
          {t("adminModels.experiments.delete")}
        </Button>
      </div>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={t("adminModels.experiments.deleteTitle", { name: experiment.name })}
        text={t("adminModels.experiments.deleteText", { model: experiment.model })}
        action={t("adminModels.experiments.delete")}
        onConfirm={() => remove.mutate(undefined)}
      />
    </div>
  );
}

function Arms({ experiment }: { experiment: ExperimentRead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const arms = [experiment.control, experiment.tried];
  const rows: readonly (readonly [string, (arm: ArmRead) => ReactNode])[] = [
    [t("adminModels.arms.calls"), ({ calls }) => format.whole(calls)],
    [t("adminModels.arms.errors"), ({ errors }) => format.whole(errors)],
    [t("adminModels.arms.firstToken"), ({ first_token_s: s }) => (s === null ? "–" : format.duration(s * 1000))],
    [t("adminModels.arms.cost"), ({ cost_usd: usd }) => (usd === null ? "–" : <Money usd={usd} />)],
    [t("adminModels.arms.output"), ({ output_tokens }) => format.whole(output_tokens)],
    [t("adminModels.arms.alike"), ({ similarity }) => (similarity === null ? "–" : format.share(similarity))],
  ];
  return (
    <div className="overflow-x-auto rounded-2xl border border-line bg-card">
      <table aria-label={t("adminModels.arms.title")} className="w-full border-collapse text-sm">
        <thead>
          <tr className="border-line border-b bg-side/60 text-faint text-xs">
            <td />
            {[experiment.model, experiment.challenger].map((model) => (
              <th key={model} scope="col" className="break-all px-3 py-2 text-end font-medium font-mono">
                {model}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, cell]) => (
            <tr key={name} className="border-line border-b last:border-b-0">
              <th scope="row" className="px-3 py-2 text-start font-normal text-soft">
                {name}
              </th>
              {arms.map((arm, place) => (
                <td key={`${name} ${place.toString()}`} className="px-3 py-2 text-end tabular-nums">
                  {cell(arm)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
