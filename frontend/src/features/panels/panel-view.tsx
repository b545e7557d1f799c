import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import type { ConversationRead, MessageRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import type { Older } from "#shared/ui/virtual-log.tsx";
import { type Participant, panelQuery } from "./api.ts";
import { PanelLog } from "./log/panel-log.tsx";
import { LogContext } from "./log/speaker.ts";
import { PanelWelcome } from "./panel-welcome.tsx";
import { heard } from "./run/panel-run.ts";
import { type FollowEvents, usePanelRun } from "./run/use-panel-run.ts";
import { PanelComposer } from "./stage/panel-composer.tsx";
import { Stage } from "./stage/stage.tsx";
import { useSeats } from "./stage/use-seats.ts";

type PanelViewProps = {
  conversation: ConversationRead;
  messages: readonly MessageRead[];
  loading: boolean;
  older: Older;
  /** The message that somebody was led to, as by a search. */
  target: string | null;
  follow: FollowEvents;
  /** What is being written; `restore` puts what did not arrive before it. */
  draft: { text: string; write: (text: string) => void; restore: (text: string) => void };
  /** Shows the parts of a message as the chat does. */
  render: (message: MessageRead) => ReactNode;
  models: (selected: string, onPick: (model: string) => void) => ReactNode;
  onSettings: () => void;
};

/** A panel: what was said, its stage, and a word of one's own. */
export function PanelView({
  conversation,
  messages,
  loading,
  older,
  target,
  follow,
  draft,
  render,
  models,
  onSettings,
}: PanelViewProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const [swapped, setSwapped] = useState<Participant | null>(null);
  const panel = useQuery(panelQuery(conversation.id));
  const run = usePanelRun({ conversationId: conversation.id, activeTurnId: conversation.active_turn_id, follow });
  const seats = useSeats(conversation.id, run.fail);
  const shown = useMemo(() => heard(messages, run.run), [messages, run.run]);
  const running = run.run !== null;
  const { retry } = run;
  const participants = panel.data?.participants;
  const tools = useMemo(
    () => ({
      participants: participants ?? [],
      render,
      onRetry: running ? null : (message: MessageRead) => void retry(message.id),
    }),
    [participants, render, running, retry],
  );

  const say = async (text: string) => {
    draft.write("");
    const arrived = running
      ? await seats.interject(text).then(
          () => true,
          () => false,
        )
      : await run.go({ text });
    if (!arrived) draft.restore(text);
  };

  return (
    <LogContext value={tools}>
      {shown.length === 0 && panel.data && !loading ? (
        <PanelWelcome panel={panel.data} />
      ) : (
        <PanelLog messages={shown} older={older} target={target} />
      )}
      <div className="mx-auto w-full max-w-[48rem] space-y-2.5 px-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4">
        {run.failure ? (
          <ProblemNote
            error={run.failure}
            action={
              <Button className="h-8 self-start" onClick={run.forgive}>
                {t("app.close")}
              </Button>
            }
          />
        ) : null}
        {panel.error && !panel.data ? (
          <ProblemNote
            error={asApiError(panel.error)}
            action={<Button onClick={() => void panel.refetch()}>{t("app.retry")}</Button>}
          />
        ) : null}
        {panel.data ? (
          <>
            <Stage panel={panel.data} run={run} seats={seats} onSwap={setSwapped} onSettings={onSettings} />
            <PanelComposer
              participants={panel.data.participants}
              text={draft.text}
              running={running}
              field={field}
              onWrite={draft.write}
              onSend={(text) => void say(text)}
            />
          </>
        ) : null}
        <p className="text-center text-faint text-xs">{t("composer.hint")}</p>
      </div>
      <Dialog
        open={swapped !== null}
        onOpenChange={(open) => !open && setSwapped(null)}
        title={t("panels.swapTitle", { name: swapped?.handle ?? "" })}
        lead={t("panels.swapLead")}
      >
        <div className="mt-4 flex max-h-96 flex-col overflow-hidden rounded-2xl border border-line">
          {swapped
            ? models(swapped.model, (model) => {
                seats.swap(swapped.handle, model);
                setSwapped(null);
              })
            : null}
        </div>
      </Dialog>
    </LogContext>
  );
}
