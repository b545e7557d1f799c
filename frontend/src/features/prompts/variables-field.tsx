import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Variable } from "./api.ts";
import { Line, Pick } from "./area.tsx";
import { listed } from "./prompt-draft.ts";

const TYPES = ["string", "integer", "number", "boolean", "list", "object"] as const;

type VariablesFieldProps = { variables: readonly Variable[]; onChange: (variables: Variable[]) => void };

function defaultOf(type: Variable["type"], text: string): Variable["default"] {
  if (text === "") return null;
  if (type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

type ReadLineProps = { label: string; said: string; onRead: (text: string) => void };

/** A line whose text is read as it is typed, and shown as it was read once it is left. */
function ReadLine({ label, said, onRead }: ReadLineProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Line
      label={label}
      value={typed ?? said}
      onBlur={() => setTyped(null)}
      onChange={(text) => {
        setTyped(text);
        onRead(text);
      }}
    />
  );
}

/** The variables found in the texts, and what each of them takes. */
export function VariablesField({ variables, onChange }: VariablesFieldProps) {
  const { t } = useTranslation();
  if (variables.length === 0)
    return <p className="text-sm text-soft">{t("library.noVariables", { example: "{{ city }}" })}</p>;
  const change = (name: string, part: Partial<Variable>) =>
    onChange(variables.map((one) => (one.name === name ? { ...one, ...part } : one)));
  return (
    <ul className="space-y-3">
      {variables.map((one) => (
        <li key={one.name} className="rounded-2xl border border-line p-3">
          <p className="flex flex-wrap items-center gap-3">
            <code className="font-mono font-semibold text-accent text-sm">{`{{ ${one.name} }}`}</code>
            <label className="flex items-center gap-2 text-sm text-soft">
              <input
                type="checkbox"
                checked={one.required}
                onChange={(event) => change(one.name, { required: event.target.checked })}
                className="size-4 accent-accent"
              />
              {t("library.required")}
            </label>
          </p>
          <div className="mt-2 grid gap-2 sm:grid-cols-3">
            <Pick
              label={t("library.type")}
              value={one.type}
              onChange={(type) => change(one.name, { type: type as Variable["type"], default: null, choices: [] })}
            >
              {TYPES.map((type) => (
                <option key={type} value={type}>
                  {t(`library.types.${type}`)}
                </option>
              ))}
            </Pick>
            <ReadLine
              label={t("library.default")}
              said={
                typeof one.default === "string" ? one.default : one.default === null ? "" : JSON.stringify(one.default)
              }
              onRead={(text) => change(one.name, { default: defaultOf(one.type, text) })}
            />
            {one.type === "string" ? (
              <ReadLine
                label={t("library.choices")}
                said={one.choices.join(", ")}
                onRead={(text) => change(one.name, { choices: listed(text) })}
              />
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
