import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
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

test("what is pressed twice is asked for once", async () => {
  let asked = 0;
  let answer: (response: Response) => void = () => undefined;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    return new Promise<Response>((resolve) => {
      answer = resolve;
    });
  });
  const follow: FollowEvents = () => new Promise(() => undefined);
  const { result } = renderHook(() => usePanelRun({ conversationId: "c", activeTurnId: null, follow }), {
    wrapper: TestFrame,
  });
  let first: Promise<boolean> = Promise.resolve(false);
  act(() => {
    first = result.current.go({});
  });
  expect(result.current.isStarting).toBe(true);
  expect(await result.current.go({})).toBe(false);
  await act(async () => {
    answer(new Response("", { headers: { "content-type": "text/event-stream" } }));
    expect(await first).toBe(true);
  });
  expect([asked, result.current.isStarting]).toEqual([1, false]);
  vi.unstubAllGlobals();
});
