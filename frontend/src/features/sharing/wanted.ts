import type { ShareCreate } from "#shared/api/schema.d.ts";
import type { Audience, Kind, Policy, Share } from "./api.ts";

/** In the order in which they are offered. */
export const KINDS: readonly Kind[] = [
  "models",
  "tool_calls",
  "sharer",
  "attachments",
  "thinking",
  "tool_results",
  "system_prompt",
  "costs",
];

/** What is shown unless somebody says otherwise. */
const USUALLY_SHOWN: readonly Kind[] = ["models", "tool_calls", "sharer"];

const DAYS = [1, 7, 30, 90, 365];
const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;
/** A clock here that is a little ahead of the server's asks for nothing too long. */
const SLACK_MS = 300_000;

export type Wanted = { audience: Audience; days: number; shown: readonly Kind[]; masked: boolean };

/** For how many days a link may be open, at most what the organisation lets it. */
export function choicesOfDays(longest: number): number[] {
  const fitting = DAYS.filter((days) => days < longest);
  return longest <= (DAYS.at(-1) ?? 0) ? [...fitting, longest] : DAYS;
}

export type End = { days: number; at: string };

/** When a link may end instead: never later than so many days after it was made. */
export function endsOf(share: Pick<Share, "created_at">, longest: number, now: number): End[] {
  const latest = Date.parse(share.created_at) + longest * DAY_MS;
  const left = Math.floor((latest - now) / DAY_MS);
  return left < 1
    ? []
    : choicesOfDays(left).map((days) => ({ days, at: new Date(now + days * DAY_MS - SLACK_MS).toISOString() }));
}

export function usual(policy: Policy): Wanted {
  const days = choicesOfDays(policy.longest_days).findLast((one) => one <= USUAL_DAYS) ?? policy.longest_days;
  return { audience: "organisation", days, shown: USUALLY_SHOWN, masked: true };
}

/** As the server takes it; results of tools are not shown without their calls. */
export function bodyOf(wanted: Wanted, now: number): ShareCreate {
  return {
    audience: wanted.audience,
    expires_at: new Date(now + wanted.days * DAY_MS - SLACK_MS).toISOString(),
    left_out: KINDS.filter((kind) => !wanted.shown.includes(kind)),
    masked: wanted.masked,
  };
}

/** Shows something, or does not. */
export function toggled(wanted: Wanted, kind: Kind): Wanted {
  const shown = wanted.shown.includes(kind) ? wanted.shown.filter((one) => one !== kind) : [...wanted.shown, kind];
  if (kind === "tool_calls" && !shown.includes("tool_calls"))
    return { ...wanted, shown: shown.filter((one) => one !== "tool_results") };
  if (kind === "tool_results" && shown.includes("tool_results") && !shown.includes("tool_calls"))
    return { ...wanted, shown: [...shown, "tool_calls"] };
  return { ...wanted, shown };
}
