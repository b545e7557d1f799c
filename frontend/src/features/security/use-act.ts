import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { asApiError } from "#shared/api/errors.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useSentence } from "#shared/ui/use-sentence.ts";
import { GIVEN_UP, useWithProof } from "./proof.tsx";

type Act<Input, Answer> = {
  /** What is done; with a fresh proof where the server asks for one. */
  act: (input: Input) => Promise<Answer>;
  /** The cached answers that are old then. */
  changes: readonly (readonly string[])[];
  onDone?: (answer: Answer, input: Input) => void;
};

/** A change to one's own account: what it touches is asked for again, and a failure is told. */
export function useAct<Input, Answer>({
  act,
  changes,
  onDone,
}: Act<Input, Answer>): UseMutationResult<Answer, Error, Input> {
  const client = useQueryClient();
  const withProof = useWithProof();
  const toast = useToast();
  const sentence = useSentence();
  return useMutation({
    mutationFn: (input: Input) => withProof(() => act(input)),
    onSuccess: async (answer, input) => {
      onDone?.(answer, input);
      await Promise.all(changes.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError: (thrown) => {
      const error = asApiError(thrown);
      if (error.code !== GIVEN_UP) toast(sentence(error), "bad");
    },
  });
}
