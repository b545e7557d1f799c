import type { QueryClient } from "@tanstack/react-query";
import type { LiveTurnStore } from "./live-turns.ts";
import type { TurnRunner } from "./turn-runner.ts";

/** What the app does with turns. */
export type Runner = Pick<TurnRunner, "send" | "again" | "compare" | "resume" | "stop" | "letGo">;

/** A runner that arrives beside the first page, since nobody sends anything before; see `TurnRunner`. */
export function awaitedRunner(client: QueryClient, store: LiveTurnStore): Runner {
  let arrived: TurnRunner | null = null;
  const arriving = import("./turn-runner.ts").then((module) => {
    arrived = new module.TurnRunner(client, store);
    return arrived;
  });
  return {
    send: async (send) => (await arriving).send(send),
    again: async (again) => (await arriving).again(again),
    compare: async (...asked) => (await arriving).compare(...asked),
    resume: async (...turns) => (await arriving).resume(...turns),
    stop: async (key) => (await arriving).stop(key),
    letGo: () => arrived?.letGo(),
  };
}
