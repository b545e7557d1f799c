import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { previewQuery } from "./api.ts";
import { type PromptDraft, previewValues, sentBody, variablesOf } from "./prompt-draft.ts";
import { ValueFields } from "./value-fields.tsx";

/** `text, line 3: …` as the server says it: where, and what is wrong there. */
function placeOf(detail: string): { place: string | null; line: number | null; said: string } {
  const found = /^([\w.]+), line (\d+): (.*)$/s.exec(detail);
  if (!found) return { place: null, line: null, said: detail };
  return { place: found[1] ?? null, line: Number(found[2]), said: found[3] ?? "" };
}

function lineOf(draft: PromptDraft, place: string, line: number): string {
  const [head = "", part = "", number = "0"] = place.split(".");
  if (head === "text") return draft.text.split("\n")[line - 1] ?? "";
  const section = head === "sections" ? draft[part as "identity"] : "";
  const text =
    part === "identity" || part === "format" ? section : (section.split("\n").filter(Boolean)[Number(number)] ?? "");
  return text.split("\n")[part === "identity" || part === "format" ? line - 1 : 0] ?? "";
}

function Refusal({ draft, detail }: { draft: PromptDraft; detail: string }) {
  const { t } = useTranslation();
  const { place, line, said } = placeOf(detail);
  const source = place && line ? lineOf(draft, place, line) : "";
  return (
    <div role="alert" className="mt-3 rounded-2xl border border-danger-line bg-danger-wash px-4 py-3 text-sm">
      {place && line ? <p className="font-medium">{t("library.wrongAt", { place, line })}</p> : null}
      {source ? (
        <pre
          dir="auto"
          className="mt-1 whitespace-pre-wrap break-words border-danger border-s-2 ps-3 font-mono text-xs"
        >
          {source}
        </pre>
      ) : null}
      <p className="mt-1">{said}</p>
    </div>
  );
}

/** What the prompt says with its variables filled in, as strictly as it will be taken. */
export function Preview({ draft }: { draft: PromptDraft }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const variables = variablesOf(draft);
  const body = useSettled(JSON.stringify({ ...sentBody(draft), values: previewValues(variables, typed) }), 350);
  const preview = useQuery({ ...previewQuery(JSON.parse(body)), placeholderData: keepPreviousData });
  return (
    <section aria-label={t("library.preview")} className="rounded-card border border-line bg-side px-4 py-4">
      <h2 className="font-semibold">{t("library.preview")}</h2>
      {variables.length > 0 ? (
        <div className="mt-3 grid gap-2 sm:grid-cols-2 lg:grid-cols-1 xl:grid-cols-2">
          <ValueFields
            variables={variables}
            typed={typed}
            onType={(name, text) => setTyped((now) => ({ ...now, [name]: text }))}
          />
        </div>
      ) : null}
      {preview.error ? <Refusal draft={draft} detail={asApiError(preview.error).message} /> : null}
      {preview.data && !preview.error ? (
        <pre
          dir="auto"
          className="mt-3 max-h-[32rem] overflow-y-auto whitespace-pre-wrap break-words rounded-2xl bg-card px-4 py-3 font-sans text-sm"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must be scrollable by keyboard.
          tabIndex={0}
        >
          {preview.data.text || t("library.previewEmpty")}
        </pre>
      ) : null}
    </section>
  );
}
