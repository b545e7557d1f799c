import { Pause, Play, Settings2, Square, StepForward } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Participant, StagedPanelRead } from "#features/panels/api.ts";
import type { PanelRun } from "#features/panels/run/use-panel-run.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { type ChipState, ParticipantChip } from "./participant-chip.tsx";
import { Standing } from "./standing.tsx";
import type { Seats } from "./use-seats.ts";

type StageProps = {
  panel: StagedPanelRead;
  run: PanelRun;
  seats: Seats;
  onSwap: (participant: Participant) => void;
  onSettings: () => void;
};

function stateOf(participant: Participant, panel: StagedPanelRead, speaking: ReadonlySet<string>): ChipState {
  if (speaking.has(participant.id)) return { kind: "speaking" };
  const place = panel.coming.findIndex((next) => next.participant_id === participant.id);
  const next = panel.coming[place];
  return next ? { kind: "next", place: place + 1, why: next.why } : { kind: "listening" };
}

/** The buttons that move a panel on, or hold it. */
function Controls({ panel, run, seats, onSettings }: Omit<StageProps, "onSwap">): ReactNode {
  const { t } = useTranslation();
  const turnId = run.run?.turnId ?? null;
  const settings = <IconButton icon={Settings2} label={t("panels.change")} onClick={onSettings} />;
  if (run.run) {
    return (
      <>
        <IconButton
          icon={Pause}
          label={panel.pausing ? t("panels.pausing") : t("panels.pause")}
          disabled={panel.pausing}
          onClick={seats.pause}
        />
        <IconButton
          icon={Square}
          label={t("panels.stop")}
          disabled={turnId === null || seats.stopping}
          onClick={() => turnId && seats.stop(turnId)}
          className="[&_svg]:size-3.5 [&_svg]:fill-current"
        />
        {settings}
      </>
    );
  }
  return (
    <>
      <IconButton
        icon={StepForward}
        label={t("panels.step")}
        disabled={run.isStarting}
        onClick={() => void run.go({ steps: 1 })}
      />
      <IconButton icon={Play} label={t("panels.goOn")} disabled={run.isStarting} onClick={() => void run.go({})} />
      {settings}
    </>
  );
}

/** Who is at the table, who speaks and who follows, how far it is, and the buttons that hold or move it. */
export function Stage({ panel, run, seats, onSwap, onSettings }: StageProps) {
  const { t } = useTranslation();
  const live = run.run?.speeches.filter((speech) => speech.status === "streaming") ?? [];
  const speaking = new Set(live.flatMap((speech) => (speech.speech ? [speech.speech.participant_id] : [])));
  const names = live.flatMap((speech) => (speech.speech ? [speech.speech.handle] : []));
  const ended = run.run ? null : run.ending;
  const status = run.run
    ? names.length > 0
      ? t("panels.nowSpeaking", { names: names.join(", ") })
      : t("panels.deciding")
    : ended
      ? t("panels.ended", { reason: t(`panels.reason.${ended.reason}`) })
      : "";
  return (
    <section aria-label={t("panels.stage")} className="rounded-card border border-line bg-side px-3 py-2.5">
      <div className="-mx-1 flex gap-1.5 overflow-x-auto px-1 py-1 sm:flex-wrap">
        {panel.participants.map((participant, place) => (
          <ParticipantChip
            key={participant.id}
            participant={participant}
            place={place}
            state={stateOf(participant, panel, speaking)}
            running={run.run !== null}
            onMute={(muted) => seats.mute(participant.handle, muted)}
            onSkip={() => seats.skip(participant.handle)}
            onCall={() => void run.go({ next: participant.handle, steps: 1 })}
            onSwap={() => onSwap(participant)}
          />
        ))}
      </div>
      {ended ? (
        <p className="px-1 pt-1 text-sm text-soft" title={ended.why}>
          {status}
        </p>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-1 pt-1.5">
        <Standing panel={panel} />
        <div className="ms-auto flex items-center">
          <Controls panel={panel} run={run} seats={seats} onSettings={onSettings} />
        </div>
      </div>
      <p role="status" aria-live="polite" className="sr-only">
        {status}
      </p>
    </section>
  );
}
