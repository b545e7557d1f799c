import { queryOptions } from "@tanstack/react-query";
import { json } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import type { RecapRead, StepsPolicy, StepsSetting } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";

export type Steps = Required<StepsSetting>;
export type Policy = Required<StepsPolicy>;

/** What the organisation does where a conversation says nothing. Whoever may not read it does without. */
export function stepsPolicyQuery() {
  return queryOptions({
    queryKey: keys.stepsPolicy,
    queryFn: async ({ signal }) => (await json<{ policy: Policy }>("/policies/steps", { signal })).policy,
    retry: false,
  });
}

export function makeTitle(id: string): Promise<ConversationRead> {
  return json(`/conversations/${id}/title`, { method: "POST" });
}

export function makeRecap(id: string): Promise<RecapRead> {
  return json(`/conversations/${id}/recap`, { method: "POST" });
}

export function setSteps(id: string, steps: StepsSetting): Promise<ConversationRead> {
  return json(`/conversations/${id}`, { method: "PATCH", body: { steps } });
}
