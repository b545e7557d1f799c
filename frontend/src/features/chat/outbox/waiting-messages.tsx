import { CloudOff, Pencil, RotateCcw, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useTurns } from "#features/chat/turns/turns-context.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { useWaiting, type WaitingMessage } from "./waiting.ts";

/** What was said here and is not sent yet, below what was. */
export function WaitingMessages({ place }: { place: string }) {
  const { t } = useTranslation();
  const entries = useWaiting(useTurns().waiting, place);
  return (
    <section aria-label={t("waiting.label")} aria-live="polite" className={entries.length > 0 ? undefined : "hidden"}>
      <ul className="max-h-[45vh] space-y-3 overflow-y-auto sm:px-6">
        {entries.map((entry) => (
          <WaitingItem key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

function WaitingItem({ entry }: { entry: WaitingMessage }) {
  const { t } = useTranslation();
  const { draft, refused } = entry;
  return (
    <li className="flex flex-col items-end gap-1.5">
      <div
        dir="auto"
        className="min-w-0 max-w-[min(36rem,88%)] rounded-[1.25rem] rounded-ee-md border border-control border-dashed px-4 py-2.5"
      >
        {draft.images.length > 0 ? (
          <div className="mb-2 flex flex-wrap gap-2">
            {draft.images.map((url, index) => (
              <img
                // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may be attached twice.
                key={`${index}-${url.slice(-32)}`}
                src={url}
                alt={t("chat.attachedImage", { number: index + 1 })}
                className="size-16 rounded-xl border border-line object-cover"
              />
            ))}
          </div>
        ) : null}
        <p className="line-clamp-6 whitespace-pre-wrap [overflow-wrap:anywhere]">{draft.text}</p>
      </div>
      {refused ? <ProblemNote error={refused} lead={t("waiting.refused")} className="w-full max-w-[36rem]" /> : null}
      <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1.5">
        {refused ? null : (
          <p className="flex items-center gap-1.5 text-soft text-sm">
            <CloudOff aria-hidden="true" className="size-4 shrink-0 text-bronze" />
            {t("waiting.note")}
          </p>
        )}
        <WaitingActs entry={entry} />
      </div>
    </li>
  );
}

function WaitingActs({ entry: { id, refused } }: { entry: WaitingMessage }) {
  const { t } = useTranslation();
  const { runner } = useTurns();
  return (
    <div className="flex gap-1">
      {refused ? (
        <Button className="h-8" onClick={() => void runner.retry(id)}>
          <RotateCcw aria-hidden="true" className="size-3.5" />
          {t("app.retry")}
        </Button>
      ) : null}
      <Button className="h-8" onClick={() => void runner.takeBack(id)}>
        <Pencil aria-hidden="true" className="size-3.5" />
        {t("waiting.edit")}
      </Button>
      <Button className="h-8" onClick={() => void runner.cancel(id)}>
        <X aria-hidden="true" className="size-3.5" />
        {refused ? t("waiting.discard") : t("waiting.cancel")}
      </Button>
    </div>
  );
}
