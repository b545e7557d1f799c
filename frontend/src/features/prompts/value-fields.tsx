import { useTranslation } from "react-i18next";
import type { Variable } from "./api.ts";
import { Line, Pick } from "./area.tsx";

type ValueFieldsProps = {
  variables: readonly Variable[];
  typed: Readonly<Record<string, string>>;
  onType: (name: string, text: string) => void;
};

const EXAMPLES: Partial<Record<Variable["type"], string>> = { list: '["a", "b"]', object: '{"a": 1}' };

function exampleOf({ type, default: otherwise }: Variable): string {
  return otherwise === null ? (EXAMPLES[type] ?? "") : JSON.stringify(otherwise);
}

/** What whoever uses a prompt fills in. */
export function ValueFields({ variables, typed, onType }: ValueFieldsProps) {
  const { t } = useTranslation();
  return variables.map((one) => {
    const label = one.description ? `${one.name} – ${one.description}` : one.name;
    const shared = {
      label,
      value: typed[one.name] ?? "",
      onChange: (text: string) => onType(one.name, text),
      required: one.required && one.default === null,
    };
    const choices = one.type === "boolean" ? ["true", "false"] : one.choices;
    if (choices.length > 0) {
      return (
        <Pick key={one.name} {...shared}>
          <option value="">{t("library.unset")}</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </Pick>
      );
    }
    return <Line key={one.name} placeholder={exampleOf(one)} {...shared} />;
  });
}
