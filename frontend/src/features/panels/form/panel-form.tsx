import { LoaderCircle, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import type { PersonaRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { LimitsFields } from "./limits-fields.tsx";
import { asPersona, flawsOf, MOST_SEATS, newSeat, type PanelDraft, type Seat } from "./panel-draft.ts";
import { PolicyChoice } from "./policy-choice.tsx";
import { SeatCard } from "./seat-card.tsx";

type PanelFormProps = {
  initial: PanelDraft;
  personas: readonly PersonaRead[];
  picker: (selected: string | null, onPick: (model: string) => void) => ReactNode;
  submit: string;
  busy: boolean;
  error: ApiError | null;
  onSubmit: (draft: PanelDraft) => void;
  onCancel: () => void;
};

function Part({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section className="space-y-3">
      <div>
        <h2 className="font-semibold">{title}</h2>
        <p className="text-sm text-soft">{lead}</p>
      </div>
      {children}
    </section>
  );
}

/** Puts a panel together, or another in its place. */
export function PanelForm({ initial, personas, picker, submit, busy, error, onSubmit, onCancel }: PanelFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const flaws = flawsOf(draft);
  const change = (part: Partial<PanelDraft>) => setDraft((now) => ({ ...now, ...part }));
  const replace = (key: string, made: (seat: Seat, others: readonly Seat[]) => Seat) =>
    setDraft((now) => {
      const others = now.seats.filter((seat) => seat.key !== key);
      return { ...now, seats: now.seats.map((seat) => (seat.key === key ? made(seat, others) : seat)) };
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (flaws.length === 0) onSubmit(draft);
      }}
      className="space-y-9"
    >
      <Part title={t("panels.who")} lead={t("panels.whoLead")}>
        <ul className="grid gap-3 lg:grid-cols-2">
          {draft.seats.map((seat) => {
            const flaw = flaws.find((one) => one.seat === seat.key)?.why ?? null;
            return (
              <SeatCard
                key={seat.key}
                seat={seat}
                flaw={tried || flaw !== "model" ? flaw : null}
                personas={personas}
                picker={picker(seat.model, (model) => replace(seat.key, (old) => ({ ...old, model })))}
                onChange={(part) => replace(seat.key, (old) => ({ ...old, ...part }))}
                onPersona={(persona) => replace(seat.key, (old, others) => asPersona(old, persona, others))}
                onRemove={() => change({ seats: draft.seats.filter((one) => one.key !== seat.key) })}
              />
            );
          })}
        </ul>
        {draft.seats.length < MOST_SEATS ? (
          <Button
            onClick={() => change({ seats: [...draft.seats, newSeat(draft.seats, draft.seats.at(-1)?.model ?? null)] })}
          >
            <Plus aria-hidden="true" className="size-4" />
            {t("panels.add")}
          </Button>
        ) : null}
        {flaws.some((flaw) => flaw.why === "few") ? (
          <p role="alert" className="text-danger text-sm">
            {t("panels.flaw.few")}
          </p>
        ) : null}
      </Part>
      <Part title={t("panels.policy")} lead={t("panels.policyLead")}>
        <PolicyChoice kind={draft.kind} onPick={(kind) => change({ kind })} />
      </Part>
      <Part title={t("panels.limits")} lead={t("panels.limitsLead")}>
        <LimitsFields draft={draft} onChange={change} />
      </Part>
      {error ? <ProblemNote error={error} /> : null}
      <div className="sticky bottom-0 -mx-4 flex justify-end gap-2 border-line border-t bg-page px-4 py-3">
        <Button onClick={onCancel}>{t("app.cancel")}</Button>
        <Button look="primary" type="submit" disabled={busy}>
          {busy ? <LoaderCircle aria-hidden="true" className="size-4 animate-spin" /> : null}
          {submit}
        </Button>
      </div>
    </form>
  );
}
