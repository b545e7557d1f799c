import { ChevronDown, ListTree } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Prose } from "#features/chat/markdown/markdown.tsx";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";

type RecapNoteProps = { recap: NonNullable<PlacedMessage["recap"]>; last: boolean };

/** What was said up to a message, in short: open where nothing follows it, folded away further up. */
export function RecapNote({ recap, last }: RecapNoteProps) {
  const { t } = useTranslation();
  return (
    <details
      open={last}
      className="group mt-4 rounded-2xl border border-line border-dashed bg-sunk px-4 py-2.5 text-sm"
    >
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg font-medium text-soft hover:text-ink">
        <ListTree aria-hidden="true" className="size-4 shrink-0 text-accent rtl:-scale-x-100" />
        <span className="flex-1">{t("recap.title")}</span>
        <ChevronDown aria-hidden="true" className="size-4 text-faint transition-transform group-open:rotate-180" />
      </summary>
      <div className="pt-2 pb-1 text-soft">
        <Prose text={recap.text} growing={false} />
        <p className="mt-2 text-faint text-xs">{t(`recap.by.${recap.by}`)}</p>
      </div>
    </details>
  );
}
