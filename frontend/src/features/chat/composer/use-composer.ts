import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clearDraft, type Draft, readDraft, useDraft, writeDraft } from "./drafts.ts";
import { admit, MAX_IMAGE_MB, MAX_IMAGES, type Refusal, readImage } from "./images.ts";

type Composing = {
  draftKey: string;
  running: boolean;
  /** There is nobody to send to. */
  blocked: boolean;
  /** The model's name when it cannot look at images. */
  blindModel: string | null;
  onSend: (draft: Draft) => void;
};

/** Orchestrates writing a message: the draft, its images, what may not be attached, and sending. */
export function useComposer({ draftKey, running, blocked, blindModel, onSend }: Composing) {
  const { t } = useTranslation();
  const draft = useDraft(draftKey);
  const [notices, setNotices] = useState<string[]>([]);

  const say = (refusal: Refusal): string => {
    if (refusal.reason === "tooMany") return t("composer.tooMany", { number: MAX_IMAGES });
    if (refusal.reason === "tooLarge") return t("composer.tooLarge", { name: refusal.name, limit: MAX_IMAGE_MB });
    return t("composer.notImage", { name: refusal.name });
  };

  const attach = async (files: readonly File[]) => {
    if (files.length === 0) return;
    if (blindModel) {
      setNotices([t("composer.attachUnable", { model: blindModel })]);
      return;
    }
    const { admitted, refusals } = admit(files, draft.images.length);
    setNotices([...new Set(refusals.map(say))]);
    const urls = await Promise.all(admitted.map(readImage));
    const now = readDraft(draftKey);
    writeDraft(draftKey, { ...now, images: [...now.images, ...urls] });
  };

  const unseen = blindModel !== null && draft.images.length > 0;
  // A picture alone is no message: the platform wants to hear what is asked about it.
  const canSend = !running && !blocked && !unseen && draft.text.trim() !== "";

  return {
    draft,
    canSend,
    notices: unseen && notices.length === 0 ? [t("composer.attachUnable", { model: blindModel })] : notices,
    attach,
    write: (text: string) => writeDraft(draftKey, { ...readDraft(draftKey), text }),
    removeImage: (index: number) => {
      setNotices([]);
      writeDraft(draftKey, { ...draft, images: draft.images.filter((_, at) => at !== index) });
    },
    send: () => {
      if (!canSend) return;
      setNotices([]);
      clearDraft(draftKey);
      onSend({ ...draft, text: draft.text.trim() });
    },
  };
}
