import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { RecommendationList, SavingsRead } from "#shared/api/schema.d.ts";

/** What cache and router saved, and what could be saved beside. */
export function Savings({ since }: { since: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const savings = useQuery(answerQuery<SavingsRead>(adminKeys.usage, "/usage/savings", { since }));
  const advice = useQuery(answerQuery<RecommendationList>(adminKeys.usage, "/usage/recommendations"));
  const saved = savings.data;
  if (!saved) return null;
  return (
    <Card
      title={t("adminMoney.savings.title")}
      lead={t("adminMoney.savings.lead", { share: format.share(saved.saved_percent / 100) })}
    >
      <dl className="grid gap-x-8 gap-y-2 text-sm sm:grid-cols-3">
        {(
          [
            ["baseline", saved.baseline_usd],
            ["cache", saved.saved_cache_usd],
            ["routing", saved.saved_routing_usd],
          ] as const
        ).map(([name, usd]) => (
          <div key={name}>
            <dt className="text-faint text-xs">{t(`adminMoney.savings.${name}`)}</dt>
            <dd className="font-medium">
              <Money usd={usd} />
            </dd>
          </div>
        ))}
      </dl>
      {advice.data?.data.length ? (
        <details className="mt-4 border-line border-t pt-3">
          <summary className="w-fit cursor-pointer rounded-md font-medium text-accent text-sm">
            {t("adminMoney.savings.advice", { count: advice.data.data.length })}
          </summary>
          <ul aria-label={t("adminMoney.savings.title")} className="mt-3 space-y-2">
            {advice.data.data.map((one) => (
              <li key={`${one.kind} ${one.model} ${one.outcome}`} className="text-sm">
                <span className="font-medium">
                  {t(`adminMoney.advice.${one.kind}`, {
                    model: one.model ?? "",
                    alternative: one.alternative ?? "",
                    outcome: one.outcome ?? "",
                    count: one.calls,
                  })}
                </span>{" "}
                <span className="text-soft">
                  {t("adminMoney.savings.saves")} <Money usd={one.saves_usd} />
                </span>
                <p className="text-faint text-xs">{one.takes_for_granted}</p>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Card>
  );
}
