import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Area } from "./area.tsx";
import type { Example } from "./prompt-draft.ts";

type ExamplesFieldProps = { examples: readonly Example[]; onChange: (examples: readonly Example[]) => void };

/** A few questions, and how they should be answered. */
export function ExamplesField({ examples, onChange }: ExamplesFieldProps) {
  const { t } = useTranslation();
  const change = (key: number, part: Partial<Example>) =>
    onChange(examples.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const add = () =>
    onChange([...examples, { key: Math.max(-1, ...examples.map((one) => one.key)) + 1, input: "", output: "" }]);
  return (
    <div className="space-y-3">
      {examples.map((one, place) => (
        <div key={one.key} className="flex gap-2 rounded-2xl border border-line p-3">
          <div className="grid min-w-0 flex-1 gap-2 sm:grid-cols-2">
            <Area
              label={t("library.exampleInput", { number: place + 1 })}
              value={one.input}
              onChange={(input) => change(one.key, { input })}
            />
            <Area
              label={t("library.exampleOutput", { number: place + 1 })}
              value={one.output}
              onChange={(output) => change(one.key, { output })}
            />
          </div>
          <IconButton
            icon={Trash2}
            size="small"
            label={t("library.exampleRemove", { number: place + 1 })}
            onClick={() => onChange(examples.filter((other) => other.key !== one.key))}
          />
        </div>
      ))}
      <Button onClick={add}>
        <Plus aria-hidden="true" className="size-4" />
        {t("library.exampleAdd")}
      </Button>
    </div>
  );
}
