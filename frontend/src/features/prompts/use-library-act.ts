import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asApiError } from "#shared/api/errors.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";

/** Something one does to the library: what there is of it is asked for anew, and a refusal is said. */
export function useLibraryAct<Input, Output>(act: (input: Input) => Promise<Output>, onDone: (output: Output) => void) {
  const client = useQueryClient();
  const toast = useToast();
  const explained = useExplained();
  return useMutation({
    mutationFn: act,
    onSuccess: onDone,
    onError: (thrown) => {
      const { text, hint } = explained(asApiError(thrown));
      toast(`${text} ${hint}`, "bad");
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["personas"] });
      return client.invalidateQueries({ queryKey: ["prompts"] });
    },
  });
}
