import { EyeOff, Paperclip } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Picture } from "#features/chat/markdown/picture.tsx";
import { MessageParts } from "#features/chat/messages/message-parts.tsx";
import type { FileRead, SharedMessageRead } from "#shared/api/schema.d.ts";
import type { Part } from "#shared/api/types.ts";
import { useFigures } from "#shared/lib/use-figures.ts";
import { Mark } from "#shared/ui/mark.tsx";

type SharedPart = SharedMessageRead["parts"][number];

const isFile = (part: SharedPart): part is FileRead => part.type === "file";

const ENDS = ["stopped", "failed", "interrupted"] as const;

/** One message of what a link shows. */
export function SharedMessage({ message }: { message: SharedMessageRead }) {
  const { t } = useTranslation();
  const said = message.parts.filter((part): part is Exclude<SharedPart, FileRead> => !isFile(part)) as Part[];
  const files = message.parts.filter(isFile);
  const end = ENDS.find((one) => one === message.status);
  const isAnswer = message.role === "assistant";
  return (
    <article aria-label={isAnswer ? (message.speaker ?? t("shares.page.answer")) : t("shares.page.question")}>
      {isAnswer ? (
        <div className="flex gap-4">
          <Mark className="mt-0.5 size-6 shrink-0 max-sm:hidden" />
          <div className="min-w-0 flex-1">
            {message.speaker ? <p className="mb-1.5 font-medium text-sm">{message.speaker}</p> : null}
            <div className="space-y-3">
              <MessageParts parts={said} growing={false} />
            </div>
            {end ? <p className="mt-3 text-faint text-sm">{t(`shares.page.${end}`)}</p> : null}
            <Files files={files} />
            <Foot message={message} />
          </div>
        </div>
      ) : (
        <Question said={said} files={files} message={message} />
      )}
    </article>
  );
}

type QuestionProps = { said: readonly Part[]; files: readonly FileRead[]; message: SharedMessageRead };

function Question({ said, files, message }: QuestionProps) {
  const { t } = useTranslation();
  const text = said.map((part) => (part.type === "text" ? part.text : "")).join("");
  const pictures = said.flatMap((part) => (part.type === "image" ? [part.url] : []));
  return (
    <div className="flex flex-col items-end gap-1.5">
      {pictures.length > 0 ? (
        <div className="flex max-w-[85%] flex-wrap justify-end gap-2 [&_img]:max-h-64">
          {pictures.map((url, index) => (
            <Picture key={url} url={url} alt={t("shares.page.picture", { number: index + 1 })} />
          ))}
        </div>
      ) : null}
      {text ? (
        <div
          dir="auto"
          className="min-w-0 max-w-[min(36rem,92%)] whitespace-pre-wrap rounded-[1.25rem] rounded-ee-md bg-bubble px-4 py-2.5 [overflow-wrap:anywhere]"
        >
          {text}
        </div>
      ) : null}
      <Files files={files} />
      <LeftOut message={message} />
    </div>
  );
}

function Files({ files }: { files: readonly FileRead[] }) {
  if (files.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {files.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change.
        <File key={index} file={file} />
      ))}
    </ul>
  );
}

function File({ file }: { file: FileRead }) {
  const { t } = useTranslation();
  return (
    <li className="flex max-w-full items-center gap-2 rounded-lg border border-line px-2.5 py-1 text-sm">
      <Paperclip aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
      <span className="truncate">{file.name || t("shares.page.file")}</span>
    </li>
  );
}

/** Who answered and for how much, where that is shown. */
function Foot({ message }: { message: SharedMessageRead }) {
  const { money } = useFigures();
  const told = [message.model, message.cost_usd === null ? null : money(message.cost_usd)];
  const line = told.filter((one) => one !== null).join(" · ");
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-faint text-xs">
      {line ? <span className="max-w-full truncate">{line}</span> : null}
      <LeftOut message={message} />
    </div>
  );
}

function LeftOut({ message }: { message: SharedMessageRead }) {
  const { t, i18n } = useTranslation();
  if (message.left_out.length === 0) return null;
  const list = new Intl.ListFormat(i18n.language);
  const kinds = list.format(message.left_out.map((kind) => t(`shares.page.kinds.${kind}`)));
  return (
    <span className="flex items-center gap-1.5 text-faint text-xs">
      <EyeOff aria-hidden="true" className="size-3.5 shrink-0" />
      {t("shares.page.messageLeftOut", { kinds })}
    </span>
  );
}
