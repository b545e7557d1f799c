// A panel while it is put together: a plain draft, what is wrong with it, and the body that is sent.
import type { PanelRead, PanelWrite, Participant, PolicyKind } from "#features/panels/api.ts";
import type { PersonaRead } from "#shared/api/schema.d.ts";
import { SPEAKER_COLOURS } from "#shared/lib/speaker-colours.ts";

export type Seat = {
  /** Stays while the seat is edited. */
  key: string;
  handle: string;
  model: string | null;
  persona: string;
  personaId: string | null;
  colour: string;
  avatar: string;
};

export type PanelDraft = {
  seats: readonly Seat[];
  kind: PolicyKind;
  chair: string | null;
  threshold: number;
  rounds: number;
  turns: number;
  budget: string;
  seconds: string;
  consensus: boolean;
  nothingNew: boolean;
  human: boolean;
};

/** What keeps a draft from being sent, by the seat it is about or by the whole. */
export type Flaw = { seat: string | null; why: "few" | "name" | "taken" | "reserved" | "model" | "chair" | "budget" };

export const MOST_SEATS = 12;
const NAMES = ["Ada", "Bruno", "Clio", "Dara", "Emil", "Fay", "Gus", "Hana", "Ivo", "Juno", "Kai", "Lea"];
const HANDLE = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const AMOUNT = /^(0|[1-9]\d{0,5})(\.\d{1,9})?$/;
const RESERVED = new Set(
  "all answer assistant everyone human nobody others panel reviewer stop system user you".split(" "),
);
const CHAIRED: ReadonlySet<PolicyKind> = new Set<PolicyKind>(["moderator", "debate", "council", "merge"]);
const IN_ROUNDS: ReadonlySet<PolicyKind> = new Set<PolicyKind>(["round_robin", "volunteer", "debate"]);

export const isChaired = (kind: PolicyKind) => CHAIRED.has(kind);
export const isInRounds = (kind: PolicyKind) => IN_ROUNDS.has(kind);

export function newSeat(seats: readonly Seat[], model: string | null): Seat {
  const handle = NAMES.find((name) => seats.every((seat) => seat.handle !== name)) ?? "";
  const colour = SPEAKER_COLOURS.find((one) => seats.every((seat) => seat.colour !== one)) ?? SPEAKER_COLOURS[0];
  const key = `${seats.reduce((most, seat) => Math.max(most, Number(seat.key)), 0) + 1}`;
  return { key, handle, model, persona: "", personaId: null, colour, avatar: "" };
}

export function emptyDraft(models: readonly string[]): PanelDraft {
  const [first = null, second = first, third = second] = models;
  const one = newSeat([], first);
  const two = newSeat([one], second);
  return {
    seats: [one, two, newSeat([one, two], third)],
    kind: "council",
    chair: null,
    threshold: 5,
    rounds: 2,
    turns: 12,
    budget: "0.50",
    seconds: "",
    consensus: true,
    nothingNew: true,
    human: true,
  };
}

export function draftOf(panel: PanelRead): PanelDraft {
  const { policy, limits } = panel;
  const seat = (one: Participant, place: number): Seat => ({
    key: String(place + 1),
    handle: one.handle,
    model: one.model,
    persona: one.persona,
    // Its words are here already, as they were when it took its seat.
    personaId: null,
    colour: one.colour || (SPEAKER_COLOURS[place % SPEAKER_COLOURS.length] ?? ""),
    avatar: one.avatar,
  });
  return {
    seats: panel.participants.map(seat),
    kind: policy.kind,
    chair: policy.chair,
    threshold: policy.threshold ?? 5,
    rounds: limits.rounds,
    turns: limits.turns,
    budget: limits.budget_usd ?? "",
    seconds: limits.seconds === null ? "" : String(limits.seconds),
    consensus: limits.consensus,
    nothingNew: limits.nothing_new,
    human: limits.human,
  };
}

/** Takes a persona's model, face and name; of its words the server has the newest. */
export function asPersona(seat: Seat, persona: PersonaRead, others: readonly Seat[]): Seat {
  const handle = persona.name.replace(/[^A-Za-z0-9_-]+/g, "").slice(0, 32);
  const free = HANDLE.test(handle) && others.every((one) => one.handle.toLowerCase() !== handle.toLowerCase());
  return {
    ...seat,
    handle: free ? handle : seat.handle,
    model: persona.model ?? seat.model,
    personaId: persona.id,
    colour: persona.colour || seat.colour,
    avatar: persona.avatar,
  };
}

/** Who leads, where somebody must: whoever was chosen, and else the last of the list. */
export function chairOf(draft: PanelDraft): string | null {
  if (!isChaired(draft.kind)) return null;
  return draft.seats.some((seat) => seat.handle === draft.chair) ? draft.chair : (draft.seats.at(-1)?.handle ?? null);
}

function seatFlaw(seat: Seat, place: number, seats: readonly Seat[]): Flaw["why"] | null {
  if (!HANDLE.test(seat.handle)) return "name";
  if (RESERVED.has(seat.handle.toLowerCase())) return "reserved";
  const same = (one: Seat) => one.handle.toLowerCase() === seat.handle.toLowerCase();
  if (seats.findIndex(same) < place) return "taken";
  return seat.model || seat.personaId ? null : "model";
}

export function flawsOf(draft: PanelDraft): Flaw[] {
  const flaws: Flaw[] = draft.seats.flatMap((seat, place, seats) => {
    const why = seatFlaw(seat, place, seats);
    return why ? [{ seat: seat.key, why }] : [];
  });
  if (draft.seats.length < 2) flaws.push({ seat: null, why: "few" });
  if (draft.budget && !AMOUNT.test(draft.budget)) flaws.push({ seat: null, why: "budget" });
  return flaws;
}

export function bodyOf(draft: PanelDraft): PanelWrite {
  const seconds = Number(draft.seconds);
  return {
    participants: draft.seats.map((seat) => ({
      handle: seat.handle,
      model: seat.model,
      persona: seat.persona,
      persona_id: seat.personaId,
      colour: seat.colour,
      avatar: seat.avatar,
    })),
    policy: { kind: draft.kind, chair: chairOf(draft), threshold: draft.threshold },
    limits: {
      turns: draft.turns,
      rounds: draft.rounds,
      budget_usd: draft.budget || null,
      seconds: seconds > 0 ? seconds : null,
      consensus: draft.consensus,
      nothing_new: draft.nothingNew,
      human: draft.human,
    },
  };
}
