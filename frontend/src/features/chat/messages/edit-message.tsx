import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { clearDraft, readDraft, useDraft, writeDraft } from "#features/chat/composer/drafts.ts";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { textOf } from "#features/chat/turns/turn.ts";
import { isComposing } from "#shared/lib/composing.ts";
import { Button } from "#shared/ui/button.tsx";
import { useMessageActions } from "./message-actions.ts";

/** Under what the changed words of a message are kept until they are sent. */
export function editKey(messageId: string): string {
  return `edit.${messageId}`;
}

/** A message in other words: it will stand beside what was said, which is kept. */
export function EditMessage({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const { edit, idle, setEditing } = useMessageActions();
  const key = editKey(message.id);
  const draft = useDraft(key);
  const images = message.parts.flatMap((part) => (part.type === "image" ? [part.url] : []));
  const [isEmptied, setEmptied] = useState(false);
  const text = draft.text || (isEmptied ? "" : textOf(message));
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    const box = field.current;
    box?.focus();
    box?.setSelectionRange(box.value.length, box.value.length);
  }, []);

  const close = () => {
    clearDraft(key);
    setEditing(null);
  };
  const send = () => {
    if (!idle || text.trim() === "") return;
    edit(message, { text: text.trim(), images: images.filter((url) => url.startsWith("data:")) });
  };
  return (
    <div className="w-full rounded-[1.25rem] border border-line bg-card p-2 shadow-lift focus-within:border-control">
      <textarea
        ref={field}
        dir="auto"
        aria-label={t("tree.editLabel")}
        value={text}
        onChange={({ target }) => {
          setEmptied(target.value === "");
          writeDraft(key, { ...readDraft(key), text: target.value });
        }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === "Escape") {
            event.preventDefault();
            close();
          }
          if (event.key !== "Enter" || event.shiftKey) return;
          event.preventDefault();
          send();
        }}
        className="field-sizing-content block max-h-[40vh] min-h-16 w-full resize-none bg-transparent px-3 py-2 outline-none"
      />
      <div className="flex flex-wrap items-center gap-2 px-1 pb-1">
        <p className="me-auto ps-2 text-faint text-xs">{t("tree.editHint")}</p>
        <Button look="quiet" className="h-8" onClick={close}>
          {t("app.cancel")}
        </Button>
        <Button look="primary" className="h-8" disabled={!idle || text.trim() === ""} onClick={send}>
          {t("tree.editSend")}
        </Button>
      </div>
    </div>
  );
}
