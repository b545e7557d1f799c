import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { addVersion, changePrompt, createPrompt, type PromptRead } from "./api.ts";
import { Line } from "./area.tsx";
import { Preview } from "./preview.tsx";
import { ProfileFields } from "./profile-fields.tsx";
import {
  draftOf,
  draftOfVersion,
  EMPTY_DRAFT,
  EMPTY_PROFILE,
  profileOf,
  sentBody,
  sentProfile,
} from "./prompt-draft.ts";
import { PromptFields } from "./prompt-fields.tsx";
import { useLibraryAct } from "./use-library-act.ts";
import { Versions } from "./versions.tsx";

type PromptEditorProps = { prompt: PromptRead | null; mayShare: boolean; onMade: (id: string) => void };

/** Saves what changed: of its name and sharing, and of what it says, which makes a version. */
function useSaving(prompt: PromptRead | null, onMade: (id: string) => void) {
  const { t } = useTranslation();
  const toast = useToast();
  type Wanted = {
    profile: ReturnType<typeof sentProfile>;
    body: ReturnType<typeof sentBody>;
    note: string;
    isSaid: boolean;
  };
  return useLibraryAct(
    async ({ profile, body, note, isSaid }: Wanted) => {
      if (!prompt) return (await createPrompt({ ...profile, ...body })).id;
      if (isSaid) await addVersion(prompt.id, { ...body, note });
      await changePrompt(prompt.id, profile);
      return null;
    },
    (madeId) => {
      toast(t("library.saved"));
      if (madeId) onMade(madeId);
    },
  );
}

/** Writes a prompt: its parts, what is to be filled in, and what comes of it, at once. */
export function PromptEditor({ prompt, mayShare, onMade }: PromptEditorProps) {
  const { t } = useTranslation();
  const [profile, setProfile] = useState(prompt ? profileOf(prompt) : EMPTY_PROFILE);
  const [draft, setDraft] = useState(prompt ? draftOf(prompt) : EMPTY_DRAFT);
  const [note, setNote] = useState("");
  const save = useSaving(prompt, onMade);
  const isSaid = !prompt || JSON.stringify(sentBody(draft)) !== JSON.stringify(sentBody(draftOf(prompt)));
  const mayEdit = prompt?.editable ?? true;
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
      <div className="min-w-0 space-y-6">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(
              { profile: sentProfile(profile), body: sentBody(draft), note, isSaid },
              { onSuccess: () => setNote("") },
            );
          }}
          className="space-y-6"
        >
          <fieldset disabled={!mayEdit} className="space-y-6">
            <ProfileFields
              profile={profile}
              mayShare={mayShare}
              onChange={(change) => setProfile((now) => ({ ...now, ...change }))}
            />
            <PromptFields draft={draft} onChange={(change) => setDraft((now) => ({ ...now, ...change }))} />
          </fieldset>
          {mayEdit ? (
            <div className="sticky bottom-0 -mx-4 flex flex-wrap items-end gap-2 border-line border-t bg-page px-4 py-3">
              {prompt && isSaid ? (
                <div className="min-w-0 flex-1 basis-44">
                  <Line label={t("library.note")} maxLength={300} value={note} onChange={setNote} />
                </div>
              ) : null}
              <Button look="primary" type="submit" disabled={save.isPending} className="ms-auto h-10">
                {t(prompt && isSaid ? "library.saveVersion" : "library.save")}
              </Button>
            </div>
          ) : (
            <p className="text-sm text-soft">{t("library.notYours")}</p>
          )}
        </form>
        {prompt ? <Versions prompt={prompt} onTake={(version) => setDraft(draftOfVersion(version))} /> : null}
      </div>
      <div className="lg:sticky lg:top-2 lg:self-start">
        <Preview draft={draft} />
      </div>
    </div>
  );
}
