import { ArrowRightLeft, Megaphone, Mic, MicOff, SkipForward } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Participant } from "#features/panels/api.ts";
import { cx } from "#shared/lib/cx.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { Menu, MenuItem } from "#shared/ui/menu.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";

export type ChipState = { kind: "speaking" } | { kind: "next"; place: number; why: string } | { kind: "listening" };

type ParticipantChipProps = {
  participant: Participant;
  place: number;
  state: ChipState;
  running: boolean;
  onMute: (muted: boolean) => void;
  onSkip: () => void;
  onCall: () => void;
  onSwap: () => void;
};

function useStateWords(state: ChipState, muted: boolean): string {
  const { t } = useTranslation();
  if (state.kind === "speaking") return t("panels.speaking");
  if (muted) return t("panels.muted");
  return state.kind === "next" ? t("panels.nextAt", { place: state.place }) : "";
}

/** Somebody at the table: whether they speak or when they will, and what one can do about it. */
export function ParticipantChip({ participant, place, state, running, ...on }: ParticipantChipProps) {
  const { t } = useTranslation();
  const { handle, model, muted } = participant;
  const words = useStateWords(state, muted);
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className={cx(
            "flex h-9 min-w-0 shrink-0 items-center gap-2 rounded-full border bg-card ps-1 pe-3 text-sm transition-colors hover:bg-hover",
            state.kind === "speaking" ? "border-accent" : "border-line",
          )}
        >
          <Portrait
            name={handle}
            avatar={participant.avatar}
            colour={speakerColour(participant.colour, place)}
            size="small"
            className={cx(state.kind === "speaking" && "animate-breathe", muted && "opacity-50 grayscale")}
          />
          <span className={cx("truncate font-medium", muted && "text-faint line-through")}>{handle}</span>
          {words ? <span className="whitespace-nowrap text-faint text-xs">{words}</span> : null}
        </button>
      }
    >
      <p className="max-w-64 px-2.5 pt-1 pb-1.5 text-faint text-xs">
        <span className="block break-words">{model}</span>
        {state.kind === "next" ? <span className="mt-1 block text-soft">{state.why}</span> : null}
      </p>
      {state.kind === "speaking" ? (
        <MenuItem icon={SkipForward} label={t("panels.skip", { name: handle })} onSelect={on.onSkip} />
      ) : null}
      {running ? null : <MenuItem icon={Megaphone} label={t("panels.call", { name: handle })} onSelect={on.onCall} />}
      <MenuItem
        icon={muted ? Mic : MicOff}
        label={t(muted ? "panels.unmute" : "panels.mute", { name: handle })}
        onSelect={() => on.onMute(!muted)}
      />
      <MenuItem icon={ArrowRightLeft} label={t("panels.swap")} onSelect={on.onSwap} />
    </Menu>
  );
}
