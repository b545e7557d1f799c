import { useQuery } from "@tanstack/react-query";
import { json, send } from "#shared/api/client.ts";
import type { Policy } from "#shared/api/schema.d.ts";
import { adminKeys, answerQuery } from "./api.ts";

export type SectionName = keyof Policy;

/** A section of the policy with its defaults, which the server always tells. */
export type Section<Name extends SectionName> = {
  policy: Required<NonNullable<Policy[Name]>>;
  version: string;
  updated_at: string | null;
  updated_by: string | null;
};

export function useSection<Name extends SectionName>(name: Name) {
  return useQuery(answerQuery<Section<Name>>(adminKeys.policies, `/policies/${name}`));
}

/** Sets a whole section; what is left out goes back to its default. */
export function putSection<Name extends SectionName>(name: Name, policy: NonNullable<Policy[Name]>): Promise<Policy> {
  return json<Policy>(`/policies/${name}`, { method: "PUT", body: policy });
}

export function resetSection(name: SectionName): Promise<void> {
  return send(`/policies/${name}`, { method: "DELETE" });
}
