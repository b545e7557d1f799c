import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { numberOrNull } from "#shared/lib/numbers.ts";
import { SPEAKER_COLOURS } from "#shared/lib/speaker-colours.ts";
import { Button } from "#shared/ui/button.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { changePersona, choosablePromptsQuery, createPersona, type PersonaRead } from "./api.ts";
import { Area, Line, Pick } from "./area.tsx";
import { ProfileFields } from "./profile-fields.tsx";
import { EMPTY_PROFILE, profileOf, sentProfile } from "./prompt-draft.ts";
import { useLibraryAct } from "./use-library-act.ts";

type Played = {
  avatar: string;
  colour: string;
  model: string | null;
  text: string;
  greeting: string;
  starters: string;
  temperature: string;
  promptId: string;
};
type PersonaEditorProps = {
  persona: PersonaRead | null;
  mayShare: boolean;
  picker: (selected: string | null, onPick: (model: string) => void) => ReactNode;
  onMade: (id: string) => void;
};

function playedOf(persona: PersonaRead | null): Played {
  return {
    avatar: persona?.avatar ?? "",
    colour: persona?.colour || SPEAKER_COLOURS[0],
    model: persona?.model ?? null,
    text: persona?.text ?? "",
    greeting: persona?.greeting ?? "",
    starters: persona?.starters.join("\n") ?? "",
    temperature: persona?.temperature == null ? "" : String(persona.temperature),
    promptId: persona?.prompt?.id ?? "",
  };
}

function sentPlayed({ starters, temperature, promptId, ...rest }: Played, persona: PersonaRead | null) {
  const kept = persona?.prompt?.id === promptId ? persona.prompt : null;
  const prompt = kept
    ? { id: kept.id, version: kept.version, label: kept.label, variables: kept.variables as Record<string, never> }
    : promptId
      ? { id: promptId }
      : null;
  return {
    ...rest,
    prompt,
    temperature: numberOrNull(temperature),
    starters: starters
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
      .slice(0, 10),
  };
}

function Look({
  played,
  name,
  onChange,
}: {
  played: Played;
  name: string;
  onChange: (change: Partial<Played>) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-wrap items-center gap-4">
      <Portrait name={name || "?"} avatar={played.avatar} colour={played.colour} size="large" />
      <div className="w-24">
        <Line
          label={t("library.avatar")}
          maxLength={16}
          placeholder="🦊"
          value={played.avatar}
          onChange={(avatar) => onChange({ avatar })}
        />
      </div>
      <fieldset>
        <legend className="font-medium text-sm">{t("library.colour")}</legend>
        <div className="mt-2 flex flex-wrap gap-1">
          {SPEAKER_COLOURS.map((colour, place) => (
            <label
              key={colour}
              className="grid size-7 cursor-pointer place-items-center rounded-full has-checked:ring-2 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="persona-colour"
                checked={played.colour === colour}
                onChange={() => onChange({ colour })}
                aria-label={t("library.colourAt", { number: place + 1 })}
                className="sr-only"
              />
              <span aria-hidden="true" className="size-5 rounded-full" style={{ background: colour }} />
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

/** Somebody a model plays: face, words, model, and how a chat with them begins. */
export function PersonaEditor({ persona, mayShare, picker, onMade }: PersonaEditorProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const prompts = useQuery(choosablePromptsQuery());
  const [profile, setProfile] = useState(persona ? profileOf(persona) : EMPTY_PROFILE);
  const [played, setPlayed] = useState(() => playedOf(persona));
  const change = (part: Partial<Played>) => setPlayed((now) => ({ ...now, ...part }));
  const save = useLibraryAct(
    () => {
      const said = sentPlayed(played, persona);
      const about = sentProfile(profile);
      return persona ? changePersona(persona.id, { ...about, played: said }) : createPersona({ ...about, ...said });
    },
    (kept) => {
      toast(t("library.saved"));
      if (!persona) onMade(kept.id);
    },
  );
  const mayEdit = persona?.editable ?? true;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
      className="max-w-3xl space-y-5"
    >
      <fieldset disabled={!mayEdit} className="space-y-5">
        <Look played={played} name={profile.name} onChange={change} />
        <ProfileFields
          profile={profile}
          mayShare={mayShare}
          onChange={(part) => setProfile((now) => ({ ...now, ...part }))}
        />
        <Area
          label={t("library.told")}
          hint={t("library.toldHint")}
          rows={4}
          value={played.text}
          onChange={(text) => change({ text })}
        />
        <div className="grid gap-3 sm:grid-cols-3">
          <div>
            <span className="font-medium text-sm">{t("library.model")}</span>
            <div className="mt-1 flex items-center rounded-xl border border-control bg-card">
              {picker(played.model, (model) => change({ model }))}
              {played.model ? (
                <Button look="quiet" className="ms-auto h-8 px-2" onClick={() => change({ model: null })}>
                  {t("library.anyModel")}
                </Button>
              ) : null}
            </div>
          </div>
          <Line
            label={t("library.temperature")}
            inputMode="decimal"
            placeholder={t("library.modelsOwn")}
            value={played.temperature}
            onChange={(temperature) => change({ temperature })}
          />
          <Pick label={t("library.fromPrompt")} value={played.promptId} onChange={(promptId) => change({ promptId })}>
            <option value="">{t("library.none")}</option>
            {prompts.data?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </Pick>
        </div>
        <Area
          label={t("library.greeting")}
          hint={t("library.greetingHint")}
          value={played.greeting}
          onChange={(greeting) => change({ greeting })}
        />
        <Area
          label={t("library.starters")}
          hint={t("library.startersHint")}
          value={played.starters}
          onChange={(starters) => change({ starters })}
        />
      </fieldset>
      {mayEdit ? (
        <div className="sticky bottom-0 -mx-4 flex justify-end border-line border-t bg-page px-4 py-3">
          <Button look="primary" type="submit" disabled={save.isPending} className="h-10">
            {t("library.save")}
          </Button>
        </div>
      ) : (
        <p className="text-sm text-soft">{t("library.notYours")}</p>
      )}
    </form>
  );
}
