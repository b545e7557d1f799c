import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ModelRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { shortTokens } from "./catalogue.ts";

const BADGE = "rounded-md border border-line px-1.5 py-px text-[0.6875rem] text-soft leading-4";

function Badges({ model }: { model: ModelRead }) {
  const { t, i18n } = useTranslation();
  const { capabilities, context_tokens: context } = model;
  return (
    <span className="mt-1 flex flex-wrap items-center gap-1">
      {model.demonstration ? (
        <span className={cx(BADGE, "border-bronze-line bg-bronze-wash text-bronze")}>{t("models.demonstration")}</span>
      ) : null}
      {model.circuit === "open" || model.circuit === "half_open" ? (
        <span className={cx(BADGE, "border-bronze-line bg-bronze-wash text-bronze")}>
          {t(model.circuit === "open" ? "models.resting" : "models.tryAgain")}
        </span>
      ) : null}
      {capabilities.images ? <span className={BADGE}>{t("models.images")}</span> : null}
      {capabilities.tools ? <span className={BADGE}>{t("models.tools")}</span> : null}
      {capabilities.reasoning ? <span className={BADGE}>{t("models.reasoning")}</span> : null}
      {capabilities.structured_output ? <span className={BADGE}>{t("models.structured")}</span> : null}
      {context ? (
        <span
          className="px-0.5 text-[0.6875rem] text-faint"
          title={t("models.contextTitle", { number: new Intl.NumberFormat(i18n.language).format(context) })}
        >
          {t("models.context", { size: shortTokens(context) })}
        </span>
      ) : null}
    </span>
  );
}

type ModelOptionProps = {
  id: string;
  model: ModelRead;
  selected: boolean;
  active: boolean;
  onPick: () => void;
  onHover: () => void;
};

export function ModelOption({ id, model, selected, active, onPick, onHover }: ModelOptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field keeps the focus and handles the keys of the list.
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      onClick={onPick}
      onMouseMove={onHover}
      className={cx("flex items-start gap-2 rounded-xl px-2.5 py-2", active && "bg-hover")}
    >
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium text-sm">{model.name}</span>
        <Badges model={model} />
      </span>
      {selected ? <Check aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent" /> : null}
    </div>
  );
}
