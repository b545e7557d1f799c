import type { QueryClient } from "@tanstack/react-query";
import type { Outbox } from "#features/chat/outbox/outbox.ts";
import type { WaitingStore } from "#features/chat/outbox/waiting.ts";
import type { LiveTurnStore } from "./live-turns.ts";
import type { TurnRunner } from "./turn-runner.ts";

/** What the app does with turns, and with messages on their way. */
export type Runner = Pick<TurnRunner, "again" | "compare" | "resume" | "stop" | "letGo"> &
  Pick<Outbox, "send" | "begin" | "hurry" | "leadBy" | "cancel" | "takeBack" | "retry">;

/** A runner that arrives beside the first page, since nobody sends anything before; see `TurnRunner` and `Outbox`. */
export function awaitedRunner(client: QueryClient, store: LiveTurnStore, waiting: WaitingStore): Runner {
  let arrived: { runner: TurnRunner; outbox: Outbox } | null = null;
  const arriving = Promise.all([import("./turn-runner.ts"), import("#features/chat/outbox/outbox.ts")]).then(
    ([turns, outboxes]) => {
      const runner = new turns.TurnRunner(client, store);
      arrived = { runner, outbox: new outboxes.Outbox(runner, store, waiting) };
      return arrived;
    },
  );
  return {
    send: async (send) => (await arriving).outbox.send(send),
    again: async (again) => (await arriving).runner.again(again),
    compare: async (...asked) => (await arriving).runner.compare(...asked),
    resume: async (...turns) => (await arriving).runner.resume(...turns),
    stop: async (key) => (await arriving).runner.stop(key),
    letGo: () => {
      arrived?.runner.letGo();
      arrived?.outbox.end();
    },
    begin: async (person) => (await arriving).outbox.begin(person),
    hurry: () => arrived?.outbox.hurry(),
    leadBy: (open) => void arriving.then(({ outbox }) => outbox.leadBy(open)),
    cancel: async (id) => (await arriving).outbox.cancel(id),
    takeBack: async (id) => (await arriving).outbox.takeBack(id),
    retry: async (id) => (await arriving).outbox.retry(id),
  };
}
