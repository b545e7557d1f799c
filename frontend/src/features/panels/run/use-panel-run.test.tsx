import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { TurnEvent } from "#shared/api/types.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { type FollowEvents, usePanelRun } from "./use-panel-run.ts";

const STOPPED: TurnEvent = { seq: 2, name: "panel.stopped", data: { reason: "paused", why: "You wanted it to wait." } };

test("a run that the server calls over is still heard to its end", async () => {
  let tell: (events: readonly TurnEvent[]) => void = () => undefined;
  let end: () => void = () => undefined;
  const follow: FollowEvents = ({ onEvents }) => {
    tell = onEvents;
    return new Promise((resolve) => {
      end = resolve;
    });
  };
  const { result, rerender } = renderHook(
    ({ turnId }: { turnId: string | null }) => usePanelRun({ conversationId: "c", activeTurnId: turnId, follow }),
    { wrapper: TestFrame, initialProps: { turnId: "turn-1" as string | null } },
  );
  await waitFor(() => expect(result.current.run).not.toBeNull());

  rerender({ turnId: null });
  act(() => {
    tell([STOPPED]);
    end();
  });

  await waitFor(() => expect(result.current.run).toBeNull());
  expect(result.current.ending).toMatchObject({ reason: "paused" });
});
