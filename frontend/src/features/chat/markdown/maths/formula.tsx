import { memo } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { formulaOf } from "./formulas.ts";
import { useTypeset } from "./use-typeset.ts";

/** A formula of a message; its source where there is nothing yet to set it, or where it cannot be read. */
export const Formula = memo(function Formula({ source }: { source: string }) {
  const { t } = useTranslation();
  const typeset = useTypeset();
  const { display } = formulaOf(source);
  const html = typeset?.(source);
  if (!html) {
    return (
      <span className={cx("formula-source", display && "formula-display")} dir="ltr">
        <code>{source}</code>
        {typeset ? <small className="formula-note">{t("drawings.unreadableFormula")}</small> : null}
      </span>
    );
  }
  if (!display) {
    // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX writes it, escapes all text, and trusts no command.
    return <span dir="ltr" dangerouslySetInnerHTML={{ __html: html }} />;
  }
  return (
    <span
      dir="ltr"
      className="formula-display"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide formula must be scrollable by keyboard.
      tabIndex={0}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: as above.
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
});
