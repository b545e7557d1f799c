import { ArrowUp, Square } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "#shared/lib/composing.ts";
import { cx } from "#shared/lib/cx.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { AttachButtons } from "./attach-buttons.tsx";
import { AttachedImages } from "./attached-images.tsx";
import type { Draft } from "./drafts.ts";
import { bringsFiles, pastedFiles } from "./images.ts";
import { useComposer } from "./use-composer.ts";

type ComposerProps = {
  draftKey: string;
  running: boolean;
  stopping: boolean;
  blocked: boolean;
  blindModel: string | null;
  placeholder: string;
  picker: ReactNode;
  field: RefObject<HTMLTextAreaElement | null>;
  onSend: (draft: Draft) => void;
  onStop: () => void;
};

/** Where a message is written. Enter sends, Shift+Enter breaks the line, and an input method's Enter is its own. */
export function Composer({ picker, field, placeholder, stopping, onStop, ...writing }: ComposerProps) {
  const { t } = useTranslation();
  const { draft, canSend, notices, attach, write, removeImage, send } = useComposer(writing);
  const [dragging, setDragging] = useState(false);
  const asking = draft.images.length > 0 ? t("composer.aboutImages") : placeholder;
  const hint = dragging ? t("composer.drop") : asking;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the attach button does the same.
    <div
      onDragOver={(event) => {
        if (!bringsFiles(event.dataTransfer)) return;
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={(event) => {
        if (!bringsFiles(event.dataTransfer)) return;
        event.preventDefault();
        setDragging(false);
        void attach([...event.dataTransfer.files]);
      }}
      className={cx(
        "relative rounded-[1.6rem] border bg-card shadow-lift transition-colors focus-within:border-control",
        dragging ? "border-accent" : "border-line",
      )}
    >
      <AttachedImages images={draft.images} onRemove={removeImage} />
      <textarea
        ref={field}
        dir="auto"
        aria-label={t("composer.label")}
        placeholder={hint}
        rows={1}
        value={draft.text}
        onChange={(event) => write(event.target.value)}
        onPaste={(event) => {
          const files = pastedFiles(event.clipboardData);
          if (files.length > 0) {
            event.preventDefault();
            void attach(files);
          }
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          send();
        }}
        className="field-sizing-content block max-h-[min(40vh,20rem)] min-h-[3.25rem] w-full resize-none bg-transparent px-5 pt-4 pb-1 outline-none placeholder:text-faint"
      />
      {notices.length > 0 ? (
        <div role="alert" className="mx-5 mb-1 text-bronze text-sm">
          {notices.map((notice) => (
            <p key={notice}>{notice}</p>
          ))}
        </div>
      ) : null}
      <div className="flex items-center gap-1 p-2.5 pt-1">
        <AttachButtons onAttach={(files) => void attach(files)} />
        {picker}
        <SendButton running={writing.running} stopping={stopping} canSend={canSend} onSend={send} onStop={onStop} />
      </div>
    </div>
  );
}

type SendButtonProps = {
  running: boolean;
  stopping: boolean;
  canSend: boolean;
  onSend: () => void;
  onStop: () => void;
};

function SendButton({ running, stopping, canSend, onSend, onStop }: SendButtonProps) {
  const { t } = useTranslation();
  if (running) {
    return (
      <IconButton
        icon={Square}
        look="ink"
        label={stopping ? t("composer.stopping") : t("composer.stop")}
        hint="Esc"
        onClick={onStop}
        className="ms-auto [&_svg]:size-3.5 [&_svg]:fill-current"
      />
    );
  }
  return (
    <IconButton
      icon={ArrowUp}
      look="accent"
      label={t("composer.send")}
      disabled={!canSend}
      onClick={onSend}
      className="ms-auto"
    />
  );
}
