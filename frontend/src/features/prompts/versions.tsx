import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "#shared/lib/use-figures.ts";
import { Button } from "#shared/ui/button.tsx";
import { type PromptRead, type VersionRead, versionsQuery } from "./api.ts";
import { Diff } from "./diff.tsx";
import { Labels } from "./labels-field.tsx";
import { Results } from "./results.tsx";

function Part({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section className="space-y-3 border-line border-t pt-5">
      <div>
        <h2 className="font-semibold">{title}</h2>
        <p className="text-sm text-soft">{lead}</p>
      </div>
      {children}
    </section>
  );
}

type VersionsProps = { prompt: PromptRead; onTake: (version: VersionRead) => void };

/** What it said before, under which names it goes, and how each version did. */
export function Versions({ prompt, onTake }: VersionsProps) {
  const { t } = useTranslation();
  const { day, time } = useFigures();
  const [shown, setShown] = useState<number | null>(null);
  const versions = useQuery(versionsQuery(prompt.id));
  return (
    <>
      <Part title={t("library.versions")} lead={t("library.versionsLead")}>
        <ol className="space-y-1">
          {versions.data?.data.map((one) => (
            <li key={one.version}>
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
                <span className="font-medium">{t("library.version", { number: one.version })}</span>
                <span className="text-faint">{`${day(one.created_at)}, ${time(one.created_at)}`}</span>
                <span className="min-w-0 flex-1 truncate text-soft">{one.note}</span>
                {one.version > 1 ? (
                  <Button
                    look="quiet"
                    className="h-8 px-2.5"
                    aria-expanded={shown === one.version}
                    onClick={() => setShown(shown === one.version ? null : one.version)}
                  >
                    {t("library.changes")}
                  </Button>
                ) : null}
                {one.version < prompt.newest.version && prompt.editable ? (
                  <Button look="quiet" className="h-8 px-2.5" onClick={() => onTake(one)}>
                    {t("library.take")}
                  </Button>
                ) : null}
              </div>
              {shown === one.version ? <Diff id={prompt.id} before={one.version - 1} after={one.version} /> : null}
            </li>
          ))}
        </ol>
      </Part>
      <Part title={t("library.labels")} lead={t("library.labelsLead")}>
        <Labels prompt={prompt} />
      </Part>
      {prompt.editable ? (
        <Part title={t("library.results")} lead={t("library.resultsLead")}>
          <Results id={prompt.id} />
        </Part>
      ) : null}
    </>
  );
}
