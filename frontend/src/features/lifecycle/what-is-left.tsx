import { useTranslation } from "react-i18next";
import { useFigures } from "#shared/lib/use-figures.ts";
import type { Life } from "./api.ts";

/** Of a conversation whose words were deleted: the numbers that are kept. */
export function WhatIsLeft({ left }: { left: NonNullable<Life["retired"]> }) {
  const { t } = useTranslation();
  const { number, money, day } = useFigures();
  const rows = [
    { term: t("life.left.messages"), told: number(left.messages) },
    ...(left.first_said_at && left.last_said_at
      ? [{ term: t("life.left.when"), told: `${day(left.first_said_at)} – ${day(left.last_said_at)}` }]
      : []),
    { term: t("life.left.tokens"), told: number(left.input_tokens + left.output_tokens) },
    { term: t("life.left.cost"), told: money(left.cost_usd) },
    ...Object.entries(left.models).map(([model, count]) => ({ term: model, told: t("life.left.answers", { count }) })),
  ];
  return (
    <dl className="text-start text-sm">
      {rows.map(({ term, told }) => (
        <div key={term} className="flex items-baseline gap-4 border-line border-t py-2 first:border-t-0">
          <dt className="min-w-0 flex-1 break-words text-soft">{term}</dt>
          <dd className="tabular-nums">{told}</dd>
        </div>
      ))}
    </dl>
  );
}
