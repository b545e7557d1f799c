import { asApiError } from "#shared/api/errors.ts";
import { useSentence } from "./use-sentence.ts";

type FormProblemProps = { id?: string; error?: unknown; message?: string | null };

/** What keeps a form from being sent, read aloud as it appears; `message` goes before `error`. */
export function FormProblem({ id, error, message }: FormProblemProps) {
  const sentence = useSentence();
  return (
    <div id={id} role="alert" className="text-danger text-sm empty:hidden">
      {message ?? (error ? sentence(asApiError(error)) : null)}
    </div>
  );
}
