import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  changeParticipant,
  interject,
  type PanelRead,
  type ParticipantChange,
  pausePanel,
  type StagedPanelRead,
  skipSpeaker,
  stopRun,
} from "#features/panels/api.ts";
import { keys } from "#shared/api/keys.ts";

/** What one does to a panel beside letting it speak; each wish is shown at once, and taken back where it is refused. */
export function useSeats(conversationId: string, onFailed: (thrown: unknown) => void) {
  const client = useQueryClient();
  const queryKey = keys.panel(conversationId);
  const known = (change: (panel: StagedPanelRead) => StagedPanelRead) =>
    client.setQueryData<StagedPanelRead>(queryKey, (panel) => (panel ? change(panel) : panel));
  const settle = () => void client.invalidateQueries({ queryKey });
  const shared = { onError: onFailed, onSettled: settle };

  const seat = useMutation({
    mutationFn: ({ handle, body }: { handle: string; body: ParticipantChange }) =>
      changeParticipant(conversationId, handle, body),
    onSuccess: (panel: PanelRead) => void known((old) => ({ ...old, ...panel })),
    ...shared,
  });
  const skip = useMutation({ mutationFn: (handle: string) => skipSpeaker(conversationId, handle), ...shared });
  const pause = useMutation({
    mutationFn: () => pausePanel(conversationId),
    onMutate: () => void known((panel) => ({ ...panel, pausing: true })),
    ...shared,
  });
  const stop = useMutation({ mutationFn: stopRun, ...shared });
  const say = useMutation({
    mutationFn: (text: string) => interject(conversationId, text),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.messages(conversationId) }),
    ...shared,
  });
  return {
    mute: (handle: string, muted: boolean) => seat.mutate({ handle, body: { muted } }),
    swap: (handle: string, model: string) => seat.mutate({ handle, body: { model } }),
    skip: skip.mutate,
    pause: () => pause.mutate(),
    stop: stop.mutate,
    stopping: stop.isPending,
    interject: say.mutateAsync,
  };
}

export type Seats = ReturnType<typeof useSeats>;
