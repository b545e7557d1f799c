import { Drama, Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { PersonaRead } from "#shared/api/schema.d.ts";
import { SPEAKER_COLOURS } from "#shared/lib/speaker-colours.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu, MenuItem } from "#shared/ui/menu.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";
import type { Flaw, Seat } from "./panel-draft.ts";

type SeatCardProps = {
  seat: Seat;
  flaw: Flaw["why"] | null;
  personas: readonly PersonaRead[];
  /** The button that names the model, and the list behind it. */
  picker: ReactNode;
  onChange: (change: Partial<Seat>) => void;
  onPersona: (persona: PersonaRead) => void;
  onRemove: () => void;
};

function Colours({ seat, onPick }: { seat: Seat; onPick: (colour: string) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">{t("panels.colour")}</legend>
      {SPEAKER_COLOURS.map((colour, place) => (
        <label
          key={colour}
          className="grid size-6 cursor-pointer place-items-center rounded-full has-checked:ring-2 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
        >
          <input
            type="radio"
            name={`colour-${seat.key}`}
            checked={seat.colour === colour}
            onChange={() => onPick(colour)}
            aria-label={t("panels.colourAt", { number: place + 1 })}
            className="sr-only"
          />
          <span aria-hidden="true" className="size-4 rounded-full" style={{ background: colour }} />
        </label>
      ))}
    </fieldset>
  );
}

/** One at the table: name and colour, model, and what they are told. */
export function SeatCard({ seat, flaw, personas, picker, onChange, onPersona, onRemove }: SeatCardProps) {
  const { t } = useTranslation();
  const nameId = useId();
  const flawId = useId();
  const persona = personas.find((one) => one.id === seat.personaId);
  return (
    <li className="rounded-card border border-line bg-card p-4">
      <div className="flex items-center gap-3">
        <Portrait name={seat.handle || "?"} avatar={seat.avatar} colour={seat.colour} size="large" />
        <div className="min-w-0 flex-1">
          <label htmlFor={nameId} className="sr-only">
            {t("panels.name")}
          </label>
          <input
            id={nameId}
            value={seat.handle}
            maxLength={32}
            spellCheck={false}
            onChange={(event) => onChange({ handle: event.target.value })}
            {...(flaw ? { "aria-invalid": true, "aria-describedby": flawId } : {})}
            className="h-9 w-full rounded-lg border border-transparent bg-transparent px-2 font-semibold hover:border-line focus-visible:border-accent"
          />
          <div className="-ms-0.5 flex flex-wrap items-center">{picker}</div>
        </div>
        <IconButton
          icon={Trash2}
          label={t("panels.remove", { name: seat.handle })}
          onClick={onRemove}
          className="self-start"
        />
      </div>
      {flaw ? (
        <p id={flawId} className="mt-1.5 text-danger text-sm">
          {t(`panels.flaw.${flaw}`)}
        </p>
      ) : null}
      <div className="mt-3 flex flex-wrap items-center justify-between gap-2">
        <Colours seat={seat} onPick={(colour) => onChange({ colour })} />
        {personas.length > 0 ? (
          <Menu
            align="end"
            trigger={
              <Button look="quiet" className="h-8 px-2.5">
                <Drama aria-hidden="true" className="size-4" />
                {persona ? persona.name : t("panels.choosePersona")}
              </Button>
            }
          >
            <div className="max-h-72 overflow-y-auto">
              {personas.map((one) => (
                <MenuItem key={one.id} icon={Drama} label={one.name} onSelect={() => onPersona(one)} />
              ))}
            </div>
          </Menu>
        ) : null}
      </div>
      {persona ? (
        <p className="mt-2 flex flex-wrap items-center gap-x-2 text-soft text-sm">
          <span className="min-w-0 flex-1">{persona.description || t("panels.asPersona", { name: persona.name })}</span>
          <Button look="quiet" className="h-7 px-2" onClick={() => onChange({ personaId: null, avatar: "" })}>
            {t("panels.withoutPersona")}
          </Button>
        </p>
      ) : null}
      <label className="mt-2 block">
        <span className="mb-1 block text-soft text-xs">{t("panels.told")}</span>
        <textarea
          dir="auto"
          rows={2}
          value={seat.persona}
          placeholder={t("panels.toldExample")}
          onChange={(event) => onChange({ persona: event.target.value })}
          className="field-sizing-content block max-h-48 w-full resize-none rounded-xl border border-control bg-page px-3 py-2 text-sm placeholder:text-faint focus-visible:border-accent"
        />
      </label>
    </li>
  );
}
