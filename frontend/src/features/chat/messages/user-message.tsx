import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Picture } from "#features/chat/markdown/picture.tsx";
import { textOf } from "#features/chat/turns/turn.ts";
import type { MessageRead } from "#shared/api/types.ts";
import { CopyButton } from "#shared/ui/copy-button.tsx";

/** What the reader said: a bubble, with the text exactly as it was written. */
export const UserMessage = memo(function UserMessage({ message }: { message: MessageRead }) {
  const { t } = useTranslation();
  const text = textOf(message);
  const images = message.parts.flatMap((part) => (part.type === "image" ? [part.url] : []));
  return (
    <div className="group flex flex-col items-end gap-1.5">
      {images.length > 0 ? (
        <div className="flex max-w-[85%] flex-wrap justify-end gap-2 [&_img]:max-h-48">
          {images.map((url, index) => (
            <Picture key={url.slice(-64)} url={url} alt={t("chat.attachedImage", { number: index + 1 })} />
          ))}
        </div>
      ) : null}
      {text ? (
        <div className="flex max-w-full items-end gap-1">
          <CopyButton
            text={text}
            label={t("chat.copyMessage")}
            className="opacity-0 transition-opacity focus-visible:opacity-100 group-hover:opacity-100"
          />
          <div
            dir="auto"
            className="min-w-0 max-w-[36rem] whitespace-pre-wrap rounded-[1.25rem] rounded-ee-md bg-bubble px-4 py-2.5 [overflow-wrap:anywhere]"
          >
            {text}
          </div>
        </div>
      ) : null}
    </div>
  );
});
