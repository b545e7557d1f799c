import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";
import { forgetAll, forgetMemory, type Kind, patchMemory, putMemorySettings, writeMemory } from "./api.ts";

/** What one does to what is remembered; whatever is refused is said at the foot of the window. */
export function useMemories() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const explained = useExplained();
  const shared = {
    onError: (thrown: unknown) => {
      const { text, hint } = explained(asApiError(thrown));
      toast(`${text} ${hint}`, "bad");
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.memories }),
  };
  const write = useMutation({
    mutationFn: ({ statement, kind }: { statement: string; kind: Kind | null }) => writeMemory({ statement, kind }),
    ...shared,
  });
  const change = useMutation({
    mutationFn: ({ id, statement, kind }: { id: string; statement: string; kind: Kind | null }) =>
      patchMemory(id, { statement, kind }),
    ...shared,
  });
  const end = useMutation({
    mutationFn: ({ id, until }: { id: string; until: string | null }) => patchMemory(id, { valid_until: until }),
    ...shared,
  });
  const forget = useMutation({
    mutationFn: forgetMemory,
    ...shared,
    onSuccess: () => toast(t("memory.forgotten")),
  });
  const clear = useMutation({
    mutationFn: forgetAll,
    ...shared,
    onSuccess: () => toast(t("memory.allForgotten")),
  });
  const settings = useMutation({
    mutationFn: putMemorySettings,
    ...shared,
    onSuccess: (kept) => client.setQueryData(keys.memorySettings, kept),
  });
  return { write, change, end, forget, clear, settings };
}

export type Memories = ReturnType<typeof useMemories>;
