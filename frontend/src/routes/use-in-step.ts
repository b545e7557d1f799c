import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTurns } from "#features/chat/turns/turns-context.ts";
import type { SessionRead } from "#shared/api/types.ts";

/** Sends what waits in this browser, and keeps what is shown in step with other tabs, once the first page is there. */
export function useInStep({ user, tenant }: SessionRead): void {
  const client = useQueryClient();
  const turns = useTurns();
  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    void turns.runner.begin({ userId: user.id, tenantId: tenant.id });
    void import("#features/chat/tabs/in-step.ts").then(({ keepInStep }) => {
      if (!isOver) end = keepInStep(client, turns);
    });
    return () => {
      isOver = true;
      end?.();
    };
  }, [client, turns, user.id, tenant.id]);
}
