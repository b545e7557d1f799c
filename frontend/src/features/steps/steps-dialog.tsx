import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { Dialog } from "#shared/ui/dialog.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { type Steps, setSteps, stepsPolicyQuery } from "./api.ts";
import { choicesOf, heldBy, STEPS, type StepName, withStep } from "./choices.ts";

type Choice = boolean | number | string;

function useChoiceWords(): (choice: Choice) => string {
  const { t } = useTranslation();
  return (choice) => {
    if (choice === 0) return t("steps.never");
    if (typeof choice === "number") return t("steps.every", { count: choice });
    if (typeof choice === "boolean") return t(choice ? "steps.on" : "steps.off");
    return t(choice === "model" ? "steps.model" : choice === "local" ? "steps.local" : "steps.off");
  };
}

type StepFieldProps = {
  step: StepName;
  kept: Steps[StepName];
  held: Choice | null;
  onChange: (written: string) => void;
};

function StepField({ step, kept, held, onChange }: StepFieldProps) {
  const { t } = useTranslation();
  const words = useChoiceWords();
  const hint = useId();
  return (
    <li className="py-3.5">
      <label className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        <span className="min-w-0 flex-1 basis-40 font-medium">{t(`steps.names.${step}`)}</span>
        <select
          aria-describedby={hint}
          value={kept === null ? "" : String(kept)}
          onChange={(event) => onChange(event.target.value)}
          className="h-9 w-full min-w-0 rounded-xl border sm:w-48 border-control bg-card px-2.5"
        >
          <option value="">{held === null ? t("steps.asEver") : t("steps.asEverThis", { what: words(held) })}</option>
          {choicesOf(step, kept).map((choice) => (
            <option key={String(choice)} value={String(choice)}>
              {words(choice)}
            </option>
          ))}
        </select>
      </label>
      <p id={hint} className="mt-1 text-faint text-xs">
        {t(`steps.hints.${step}`)}
      </p>
    </li>
  );
}

type StepsDialogProps = { conversation: ConversationRead; open: boolean; onOpenChange: (open: boolean) => void };

/** Which small steps are taken around the turns of a conversation. What is chosen holds at once. */
export function StepsDialog({ conversation, open, onOpenChange }: StepsDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const policy = useQuery({ ...stepsPolicyQuery(), enabled: open });
  const key = keys.conversation(conversation.id);
  const change = useMutation({
    mutationFn: (steps: Steps) => setSteps(conversation.id, steps),
    onMutate: (steps) => client.setQueryData<ConversationRead>(key, (known) => known && { ...known, steps }),
    onError: () => client.invalidateQueries({ queryKey: key }),
  });
  const steps = conversation.steps as Steps;
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("steps.title")} lead={t("steps.lead")}>
      {change.error ? <ProblemNote error={asApiError(change.error)} className="mt-4" /> : null}
      <ul className="mt-2 divide-y divide-line">
        {STEPS.map((step) => (
          <StepField
            key={step}
            step={step}
            kept={steps[step]}
            held={heldBy(policy.data, step)}
            onChange={(written) => change.mutate(withStep(steps, step, written))}
          />
        ))}
      </ul>
    </Dialog>
  );
}
