import { useTranslation } from "react-i18next";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ModelRead, RatesRead } from "#shared/api/schema.d.ts";

const KINDS = [
  "input",
  "cached_input",
  "cache_write",
  "cache_write_1h",
  "output",
] as const satisfies (keyof RatesRead)[];

/** All that is known of a model, and who said so. */
export function ModelDetail({ model }: { model: ModelRead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tokens = (count: number | null) => (count ? t("admin.units.tokens", { number: format.whole(count) }) : "–");
  const able = (["tools", "images", "structured_output", "reasoning"] as const).filter(
    (one) => model.capabilities[one],
  );
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminModels.models.provider"), model.provider],
          [t("adminModels.models.window"), tokens(model.context_tokens)],
          [t("adminModels.models.longest"), tokens(model.output_tokens)],
          [t("adminModels.models.able"), able.map((one) => t(`adminModels.abilities.${one}`)).join(", ") || "–"],
          [t("adminModels.models.cutoff"), model.knowledge_cutoff ?? "–"],
          ...(model.retires_on ? [[t("adminModels.models.retires"), format.day(model.retires_on)] as const] : []),
        ]}
      />
      {model.targets.length > 0 ? (
        <Part title={t("adminModels.models.targets")} lead={t("adminModels.models.targetsLead")}>
          <ul className="space-y-1 text-sm">
            {model.targets.map((target) => (
              <li key={target.model} className="flex justify-between gap-3">
                <code className="min-w-0 truncate font-mono text-[0.8125rem]">{target.model}</code>
                <span className="tabular-nums">{t("adminModels.models.weight", { number: target.weight })}</span>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {model.price && !model.price.free ? (
        <Part title={t("adminModels.models.prices")} lead={t("adminModels.models.pricesLead")}>
          {model.price.tiers.map((tier) => (
            <div key={tier.above_tokens} className="mb-3 last:mb-0">
              {tier.above_tokens > 0 ? (
                <p className="mb-1 text-faint text-xs">
                  {t("adminModels.models.above", { number: format.whole(tier.above_tokens) })}
                </p>
              ) : null}
              <Facts
                facts={KINDS.flatMap((kind) => {
                  const usd = tier[kind];
                  return usd === null
                    ? []
                    : [[t(`adminModels.prices.${kind}`), <Money key={kind} usd={usd} />] as const];
                })}
              />
            </div>
          ))}
        </Part>
      ) : null}
      <Part title={t("adminModels.models.sources")} lead={t("adminModels.models.sourcesLead")}>
        <Facts facts={Object.entries(model.sources).map(([fact, source]) => [fact, String(source)] as const)} />
      </Part>
    </div>
  );
}
