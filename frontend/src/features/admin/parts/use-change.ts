import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { asApiError } from "#shared/api/errors.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useSentence } from "#shared/ui/use-sentence.ts";

type Change<Input, Answer> = {
  act: (input: Input) => Promise<Answer>;
  /** The cached answers that are old then. */
  changes: readonly QueryKey[];
  /** The address of what is no more then: of it nothing is asked again, though it is still to be seen for a moment. */
  gone?: string;
  /** Said when it is done. */
  said?: string;
  onDone?: (answer: Answer, input: Input) => void;
};

function isUnder(part: unknown, path: string): boolean {
  return typeof part === "string" && `${part}/`.startsWith(`${path}/`);
}

/** A change by a button: what it touches is asked for again, and its end is told. */
export function useChange<Input, Answer>({ act, changes, gone, said, onDone }: Change<Input, Answer>) {
  const client = useQueryClient();
  const toast = useToast();
  const sentence = useSentence();
  return useMutation({
    mutationFn: act,
    onSuccess: (answer: Answer, input: Input) => {
      const isThere = (query: { queryKey: QueryKey }) => !gone || !query.queryKey.some((part) => isUnder(part, gone));
      for (const queryKey of changes) {
        void client.invalidateQueries({ queryKey, refetchType: "none" });
        void client.refetchQueries({ queryKey, type: "active", predicate: isThere });
      }
      if (said) toast(said);
      onDone?.(answer, input);
    },
    onError: (thrown) => toast(sentence(asApiError(thrown)), "bad"),
  });
}
