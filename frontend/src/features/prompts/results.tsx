import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFigures } from "#shared/lib/use-figures.ts";
import { resultsQuery } from "./api.ts";

const CELL = "px-3 py-1.5 text-end tabular-nums first:text-start";

/** What answers came to, by version, beside each other. */
export function Results({ id }: { id: string }) {
  const { t } = useTranslation();
  const { number, money, percent } = useFigures();
  const results = useQuery(resultsQuery(id));
  if (!results.data) return null;
  if (results.data.data.length === 0) return <p className="text-sm text-soft">{t("library.noResults")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrollable by keyboard.
    <section tabIndex={0} aria-label={t("library.results")} className="overflow-x-auto rounded-2xl border border-line">
      <table className="w-full whitespace-nowrap text-sm">
        <thead>
          <tr className="border-line border-b text-faint text-xs">
            {(["versionHead", "conversations", "answers", "failed", "costEach", "tokensEach"] as const).map((head) => (
              <th key={head} scope="col" className={`${CELL} font-medium`}>
                {t(`library.head.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {results.data.data.map((one) => {
            const each = Math.max(1, one.answers);
            return (
              <tr key={one.version} className="border-line border-b last:border-b-0">
                <th scope="row" className={`${CELL} font-medium`}>
                  {number(one.version)}
                </th>
                <td className={CELL}>{number(one.conversations)}</td>
                <td className={CELL}>{number(one.answers)}</td>
                <td className={CELL}>{percent(one.failed / each)}</td>
                <td className={CELL} title={`${one.cost_usd} USD`}>
                  {money(String(Number(one.cost_usd) / Math.max(1, one.answers - one.unpriced)))}
                </td>
                <td className={CELL}>{number(Math.round((one.input_tokens + one.output_tokens) / each))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
