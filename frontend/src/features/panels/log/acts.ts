// What a panel's log shows: those who spoke side by side, councils with their outcome first, and what went on behind.
import type { MessageRead } from "#shared/api/types.ts";

type Role = NonNullable<MessageRead["speech"]>["role"];

/** A council's answers, reviews and outcome, which are one thing to the reader. */
export type Council = {
  kind: "council";
  id: string;
  answers: MessageRead[];
  reviews: MessageRead[];
  outcome: MessageRead | null;
};

export type Act =
  | { kind: "said"; id: string; message: MessageRead }
  | { kind: "speech"; id: string; message: MessageRead }
  | { kind: "abreast"; id: string; messages: MessageRead[] }
  | { kind: "backstage"; id: string; messages: MessageRead[] }
  | { kind: "replaced"; id: string; message: MessageRead }
  | Council;

const COUNCIL: ReadonlySet<Role> = new Set<Role>(["blind", "review", "synthesis"]);

function councilOf(last: Act | undefined, id: string): Council {
  return last?.kind === "council" && !last.outcome
    ? last
    : { kind: "council", id, answers: [], reviews: [], outcome: null };
}

function withCouncil(council: Council, message: MessageRead, role: Role): Council {
  if (role === "synthesis") return { ...council, outcome: message };
  if (role === "review") return { ...council, reviews: [...council.reviews, message] };
  return { ...council, answers: [...council.answers, message] };
}

function grouped(acts: Act[], message: MessageRead, kind: "abreast" | "backstage"): Act[] {
  const last = acts.at(-1);
  if (last?.kind !== kind) return [...acts, { kind, id: message.id, messages: [message] }];
  return [...acts.slice(0, -1), { ...last, messages: [...last.messages, message] }];
}

function added(acts: Act[], message: MessageRead): Act[] {
  const { speech, id } = message;
  if (message.role === "user") return [...acts, { kind: "said", id, message }];
  if (!speech) return [...acts, { kind: "speech", id, message }];
  if (speech.role === "choice" || speech.role === "bid") return grouped(acts, message, "backstage");
  if (speech.replaced) return [...acts, { kind: "replaced", id, message }];
  if (COUNCIL.has(speech.role)) {
    const last = acts.at(-1);
    const council = councilOf(last, id);
    return [...(council === last ? acts.slice(0, -1) : acts), withCouncil(council, message, speech.role)];
  }
  if (speech.role === "opening") return grouped(acts, message, "abreast");
  return [...acts, { kind: "speech", id, message }];
}

export function actsOf(messages: readonly MessageRead[]): Act[] {
  return messages.reduce(added, []);
}

/** Whether a message is shown in it. */
export function bears(act: Act, messageId: string): boolean {
  if ("message" in act) return act.message.id === messageId;
  const shown = act.kind === "council" ? [...act.answers, ...act.reviews, act.outcome] : act.messages;
  return shown.some((message) => message?.id === messageId);
}
