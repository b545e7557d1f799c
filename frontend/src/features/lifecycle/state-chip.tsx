import { useTranslation } from "react-i18next";
import type { State } from "./api.ts";
import { STATE_ICONS } from "./state-icons.ts";

type StateChipProps = { state: State; onOpen: () => void };

/** Says quietly that a conversation rests, is over, or lost its words; nothing of one that goes on. */
export function StateChip({ state, onOpen }: StateChipProps) {
  const { t } = useTranslation();
  if (state === "active") return null;
  const Icon = STATE_ICONS[state];
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      title={t(`life.hints.${state}`)}
      onClick={onOpen}
      className="flex h-8 items-center gap-1.5 rounded-lg px-2 text-faint text-xs hover:bg-hover hover:text-ink"
    >
      <Icon aria-hidden="true" className="size-4" strokeWidth={1.9} />
      <span className="max-sm:sr-only">{t(`life.states.${state}`)}</span>
    </button>
  );
}
