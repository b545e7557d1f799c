import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import { type Importing, type ImportState, importFile } from "./import-file.ts";

export type Import = { name: string; state: ImportState } | { name: string; failed: ApiError } | null;

/** Takes in one file at a time; whoever leaves the page stops it, and keeps what came in. */
export function useImport() {
  const client = useQueryClient();
  const [shown, setShown] = useState<Import>(null);
  const running = useRef<Importing | null>(null);
  useEffect(() => () => running.current?.stop(), []);

  const begin = async (file: File, again: boolean) => {
    if (running.current) return;
    const { name } = file;
    setShown({ name, state: { phase: "sending", share: 0 } });
    running.current = importFile(file, again, (state) => setShown({ name, state }));
    try {
      setShown({ name, state: { phase: "done", report: await running.current.ended } });
    } catch (thrown) {
      setShown(thrown instanceof DOMException ? null : { name, failed: asApiError(thrown) });
    } finally {
      running.current = null;
      void client.invalidateQueries({ queryKey: keys.conversations });
    }
  };
  return {
    shown,
    busy: shown !== null && "state" in shown && shown.state.phase !== "done",
    begin: (file: File, again: boolean) => void begin(file, again),
    stop: () => running.current?.stop(),
  };
}
