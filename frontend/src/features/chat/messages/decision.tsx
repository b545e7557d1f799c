import { useTranslation } from "react-i18next";
import type { Choice } from "#shared/api/types.ts";

/** Why `auto` chose who answered, folded away. The sentences are the server's. */
export function Decision({ decision }: { decision: Choice }) {
  const { t } = useTranslation();
  const others = [...decision.alternatives, ...decision.rejected];
  return (
    <details className="basis-full text-faint text-xs">
      <summary className="w-fit cursor-pointer rounded-lg py-1 hover:text-ink">
        {t("chat.whyModel", { model: decision.chosen })}
      </summary>
      <div className="mt-1 mb-2 space-y-1 border-line border-s-2 ps-4 text-soft">
        {decision.reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
        <dl>
          {others.map((other) => (
            <div key={other.model} className="flex flex-wrap gap-x-2">
              <dt>{other.model}</dt>
              <dd>{other.why}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
