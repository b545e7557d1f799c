import { Link } from "@tanstack/react-router";
import { CalendarX2, MessageSquareQuote, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { useFigures } from "#shared/lib/use-figures.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import type { MemoryRead } from "./api.ts";

type MemoryItemProps = {
  memory: MemoryRead;
  onChange: () => void;
  onEnd: (until: string | null) => void;
  onForget: () => void;
};

function Evidence({ memory }: { memory: MemoryRead }) {
  const { t } = useTranslation();
  return memory.evidence.map((one, place) => (
    <Link
      key={one.message_id}
      to="/c/$conversationId"
      params={{ conversationId: one.conversation_id }}
      search={{ leaf: one.message_id }}
      hash={`m-${one.message_id}`}
      className="inline-flex items-center gap-1 rounded-md text-accent underline-offset-4 hover:underline"
    >
      <MessageSquareQuote aria-hidden="true" className="size-3.5" />
      {memory.evidence.length > 1 ? t("memory.evidenceAt", { number: place + 1 }) : t("memory.evidence")}
    </Link>
  ));
}

/** One thing that is remembered: what, since when, why it is known, and what to do about it. */
export function MemoryItem({ memory, onChange, onEnd, onForget }: MemoryItemProps) {
  const { t } = useTranslation();
  const { day } = useFigures();
  const isOver = memory.valid_until !== null;
  return (
    <li className="flex items-start gap-3 border-line border-b px-1 py-3 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p dir="auto" className={cx("break-words", isOver && "text-faint line-through decoration-1")}>
          {memory.statement}
        </p>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-0.5 text-faint text-xs">
          <span className="rounded-md border border-line px-1.5 py-px text-soft">
            {t(`memory.kind.${memory.kind}`)}
          </span>
          <span>
            {t(memory.source === "said" ? "memory.saidOn" : "memory.writtenOn", { date: day(memory.said_at) })}
          </span>
          {memory.valid_until ? <span>{t("memory.until", { date: day(memory.valid_until) })}</span> : null}
          <Evidence memory={memory} />
        </p>
      </div>
      <div className="flex shrink-0">
        <IconButton icon={Pencil} size="small" label={t("memory.change")} onClick={onChange} />
        {isOver ? (
          <IconButton icon={RotateCcw} size="small" label={t("memory.again")} onClick={() => onEnd(null)} />
        ) : (
          <IconButton
            icon={CalendarX2}
            size="small"
            label={t("memory.end")}
            onClick={() => onEnd(new Date().toISOString())}
          />
        )}
        <IconButton icon={Trash2} size="small" label={t("memory.forget")} onClick={onForget} />
      </div>
    </li>
  );
}
