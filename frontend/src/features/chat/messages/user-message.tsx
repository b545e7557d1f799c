import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Picture } from "#features/chat/markdown/picture.tsx";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { textOf } from "#features/chat/turns/turn.ts";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { EditMessage } from "./edit-message.tsx";
import { useMessageActions } from "./message-actions.ts";
import { MessageMenu } from "./message-menu.tsx";
import { Versions } from "./versions.tsx";

const ON_DEMAND =
  "opacity-0 transition-opacity focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 [@media(hover:none)]:opacity-100";

/** What the reader said: a bubble, with the text exactly as it was written. */
export const UserMessage = memo(function UserMessage({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const { editing, idle, setEditing } = useMessageActions();
  const text = textOf(message);
  const images = message.parts.flatMap((part) => (part.type === "image" ? [part.url] : []));
  // Without a place in the tree it was only just sent.
  const kept = message.siblings !== undefined;
  return (
    <div className="group flex flex-col items-end gap-1">
      {images.length > 0 ? (
        <div className="flex max-w-[85%] flex-wrap justify-end gap-2 [&_img]:max-h-48">
          {images.map((url, index) => (
            <Picture key={url.slice(-64)} url={url} alt={t("chat.attachedImage", { number: index + 1 })} />
          ))}
        </div>
      ) : null}
      {editing === message.id ? <EditMessage message={message} /> : null}
      {text && editing !== message.id ? (
        <div className="min-w-0 max-w-[min(36rem,88%)] rounded-[1.25rem] rounded-ee-md bg-bubble px-4 py-2.5">
          <div dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
            {text}
          </div>
        </div>
      ) : null}
      {editing === message.id ? null : (
        <div className="flex min-h-7 items-center">
          {text ? <CopyButton text={text} label={t("chat.copyMessage")} className={ON_DEMAND} /> : null}
          {kept && idle ? (
            <IconButton
              icon="pencil"
              size="small"
              label={t("tree.edit")}
              onClick={() => setEditing(message.id)}
              className={ON_DEMAND}
            />
          ) : null}
          {kept ? <MessageMenu message={message} className={ON_DEMAND} /> : null}
          <Versions message={message} />
        </div>
      )}
    </div>
  );
});
