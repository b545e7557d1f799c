// What can be chosen of each step, and how a choice is written in a list of choices.
import type { Policy, Steps } from "./api.ts";

export type StepName = keyof Steps;

const EVERY = [0, 5, 10, 20, 50];

export const STEPS: readonly StepName[] = ["titles", "intent", "references", "clarifying", "recap_every"];

/** What may be chosen, besides what the organisation does; `kept` is always among them. */
export function choicesOf(step: StepName, kept: Steps[StepName]): readonly (boolean | number | string)[] {
  if (step === "titles" || step === "clarifying") return [true, false];
  if (step === "recap_every") {
    return [...new Set([...EVERY, ...(typeof kept === "number" ? [kept] : [])])].sort((one, other) => one - other);
  }
  return ["off", "local", "model"];
}

/** With one step set; null leaves it to the organisation. */
export function withStep(steps: Steps, step: StepName, written: string): Steps {
  const choice = choicesOf(step, steps[step]).find((one) => String(one) === written) ?? null;
  return { ...steps, [step]: choice };
}

export function heldBy(policy: Policy | undefined, step: StepName): boolean | number | string | null {
  return policy ? policy[step] : null;
}
