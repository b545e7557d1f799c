import { FileUp } from "lucide-react";
import { type DragEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { ImportProgress } from "./import-progress.tsx";
import { ImportReport } from "./import-report.tsx";
import { useImport } from "./use-import.ts";

const PRODUCTS = ["ChatGPT", "Claude", "Open WebUI", "LibreChat", "Chimera"];

/** The way in for conversations of other houses: a file is chosen or dropped, and its kind shows in what it holds. */
export function ImportSection() {
  const { t } = useTranslation();
  const id = useId();
  const { shown, busy, begin, stop } = useImport();
  const [again, setAgain] = useState(false);
  const [over, setOver] = useState(false);
  const take = (file: File | undefined) => file && !busy && begin(file, again);
  const drop = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer.files[0]);
    },
  };
  return (
    <div className="mt-4">
      <div
        {...drop}
        className={cx(
          "relative flex flex-col items-center gap-2 rounded-2xl border-2 border-dashed px-5 py-8 text-center transition-colors has-focus-visible:border-accent",
          over ? "border-accent bg-accent-wash" : "border-line bg-sunk",
        )}
      >
        <FileUp aria-hidden="true" className="size-6 text-accent" strokeWidth={1.7} />
        <p className="font-medium text-sm" id={id}>
          {t("exchange.drop")}
        </p>
        <p className="text-soft text-sm">{t("exchange.from", { products: PRODUCTS.join(", ") })}</p>
        <input
          type="file"
          accept=".json,.jsonl,.zip,application/json,application/zip"
          aria-labelledby={id}
          disabled={busy}
          onChange={(event) => {
            take(event.target.files?.[0]);
            // The same file may be chosen again.
            event.target.value = "";
          }}
          className="absolute inset-0 cursor-pointer opacity-0 disabled:cursor-default"
        />
      </div>
      <label className="mt-2 flex min-h-9 cursor-pointer items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          checked={again}
          disabled={busy}
          onChange={(event) => setAgain(event.target.checked)}
          className="size-4 accent-accent"
        />
        {t("exchange.again")}
      </label>
      {shown && "failed" in shown ? (
        <ProblemNote error={shown.failed} lead={t("exchange.notTaken", { name: shown.name })} className="mt-3" />
      ) : null}
      {shown && "state" in shown ? (
        shown.state.phase === "done" ? (
          <ImportReport name={shown.name} report={shown.state.report} />
        ) : (
          <ImportProgress
            name={shown.name}
            state={shown.state}
            action={
              <Button look="quiet" onClick={stop}>
                {t("exchange.stop")}
              </Button>
            }
          />
        )
      ) : null}
    </div>
  );
}
