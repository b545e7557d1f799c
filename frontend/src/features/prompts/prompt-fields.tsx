import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Area } from "./area.tsx";
import { ExamplesField } from "./examples-field.tsx";
import { type PromptDraft, variablesOf } from "./prompt-draft.ts";
import { VariablesField } from "./variables-field.tsx";

const PARTS = ["identity", "text", "capabilities", "guidelines", "format", "constraints"] as const;

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

type PromptFieldsProps = { draft: PromptDraft; onChange: (change: Partial<PromptDraft>) => void };

/** The parts of a prompt in the order in which a model reads them. */
export function PromptFields({ draft, onChange }: PromptFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Part title={t("library.says")} lead={t("library.saysLead")}>
        {PARTS.map((part) => (
          <Area
            key={part}
            label={t(`library.part.${part}.name`)}
            hint={t(`library.part.${part}.hint`, { example: "{{ name }}" })}
            value={draft[part]}
            rows={part === "text" ? 4 : 2}
            spellCheck={part !== "text"}
            onChange={(text) => onChange({ [part]: text })}
          />
        ))}
      </Part>
      <Part title={t("library.variables")} lead={t("library.variablesLead")}>
        <VariablesField variables={variablesOf(draft)} onChange={(variables) => onChange({ variables })} />
      </Part>
      <Part title={t("library.examples")} lead={t("library.examplesLead")}>
        <ExamplesField examples={draft.examples} onChange={(examples) => onChange({ examples })} />
      </Part>
    </>
  );
}
