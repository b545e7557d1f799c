import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import { createContext, type ReactNode, useContext, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiError, asApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";

const Faults = createContext<ReadonlyMap<string, string>>(new Map());

/** What the server said of a field, by the field's name. */
export function useFault(name: string): string | null {
  return useContext(Faults).get(name) ?? null;
}

function faultsOf(error: ApiError | null): Map<string, string> {
  // Of a list the server names the place in it, too; the field is the whole of it.
  return new Map(
    (error?.problem?.errors ?? []).map(({ field, message }) => [field.split(/[.[]/)[0] ?? field, message]),
  );
}

type Question = { title: string; text: string };

type FormProps<Answer> = {
  act: (data: FormData) => Promise<Answer>;
  /** The cached answers that are old then. */
  changes: readonly QueryKey[];
  onDone: (answer: Answer) => void;
  onCancel?: () => void;
  submit: string;
  /** Whether it cannot be undone. */
  isGrave?: boolean;
  /** What has to be so before it can be sent. */
  isReady?: boolean;
  /** What is asked before it is sent, where what was filled in cannot be undone. */
  asks?: (data: FormData) => Question | null;
  children: ReactNode;
};

/** A form whose fields tell what the server finds wrong with them; the first one of those takes the focus. */
export function Form<Answer>({
  act,
  changes,
  onDone,
  onCancel,
  submit,
  isGrave = false,
  isReady = true,
  asks,
  children,
}: FormProps<Answer>) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [asked, setAsked] = useState<(Question & { data: FormData }) | null>(null);
  const change = useMutation({
    mutationFn: act,
    onSuccess: (answer) => {
      for (const queryKey of changes) void client.invalidateQueries({ queryKey });
      onDone(answer);
    },
    onError: (thrown) => {
      const [name] = faultsOf(asApiError(thrown)).keys();
      const field = name ? form.current?.elements.namedItem(name) : null;
      if (field instanceof HTMLElement) field.focus();
    },
  });
  const error = change.error ? asApiError(change.error) : null;
  const faults = faultsOf(error);
  const isToldByFields = [...faults.keys()].some((name) => form.current?.elements.namedItem(name));
  return (
    <form
      ref={form}
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        const data = new FormData(event.currentTarget);
        const question = asks?.(data);
        if (question) setAsked({ ...question, data });
        else change.mutate(data);
      }}
    >
      <Faults value={faults}>{children}</Faults>
      {error && !isToldByFields ? <ProblemNote error={error} /> : null}
      <div className="flex flex-wrap justify-end gap-2 pt-1">
        {onCancel ? <Button onClick={onCancel}>{t("app.cancel")}</Button> : null}
        <Button type="submit" look={isGrave ? "danger" : "primary"} disabled={change.isPending || !isReady}>
          {change.isPending ? <LoaderCircle aria-hidden="true" className="size-4 animate-spin" /> : null}
          {submit}
        </Button>
      </div>
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={asked?.title ?? ""}
        text={asked?.text ?? ""}
        action={submit}
        onConfirm={() => asked && change.mutate(asked.data)}
      />
    </form>
  );
}
