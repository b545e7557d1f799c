import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ImportRead } from "#shared/api/schema.d.ts";
import { localeOf } from "#shared/i18n/i18n.ts";
import { useReason } from "./use-reason.ts";

const OUTCOMES = ["made", "extended", "unchanged", "deleted", "failed"] as const;
const PRODUCTS = {
  chimera: "Chimera",
  chatgpt: "ChatGPT",
  claude: "Claude",
  open_webui: "Open WebUI",
  librechat: "LibreChat",
} as const;

/** What became of a file, in counts; and of what did not come in, why. */
export function ImportReport({ name, report }: { name: string; report: ImportRead }) {
  const { t, i18n } = useTranslation();
  const reason = useReason();
  const number = new Intl.NumberFormat(localeOf(i18n.language));
  const products = Object.keys(report.sources).map((one) => PRODUCTS[one as keyof typeof PRODUCTS] ?? one);
  return (
    <div className="mt-3 overflow-hidden rounded-2xl border border-line">
      <div role="status" className="flex gap-3 bg-accent-wash px-4 py-3">
        <CircleCheck aria-hidden="true" className="mt-0.5 size-[18px] shrink-0 text-accent" />
        <div className="min-w-0 text-sm">
          <p className="break-words font-medium">{t("exchange.done", { name, products: products.join(", ") })}</p>
          <p className="text-soft">
            {t("exchange.messagesAdded", { count: report.messages, number: number.format(report.messages) })}
          </p>
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-5">
        {OUTCOMES.map((outcome) => (
          <div key={outcome} className="bg-card px-4 py-3 last:max-sm:col-span-2">
            <dt className="text-soft text-xs">{t(`exchange.outcomes.${outcome}`)}</dt>
            <dd className="font-semibold text-lg tabular-nums">{number.format(report[outcome])}</dd>
          </div>
        ))}
      </dl>
      {report.failures.length ? (
        <table className="w-full border-separate border-spacing-0 text-start text-sm">
          <caption className="px-4 pt-3 pb-1 text-start font-medium">
            {t("exchange.failures", { count: report.failed })}
          </caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">{t("exchange.which")}</th>
              <th scope="col">{t("exchange.why")}</th>
            </tr>
          </thead>
          <tbody>
            {report.failures.map((one) => (
              <tr key={`${one.file} ${one.number}`} className="align-top">
                <td dir="auto" className="w-2/5 break-words border-line border-t px-4 py-2 text-start">
                  {one.title || t("exchange.numbered", { number: one.number })}
                </td>
                <td className="break-words border-line border-t py-2 pe-4 text-soft">{reason(one)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {report.warnings.length ? (
        <details className="border-line border-t px-4 py-3 text-sm">
          <summary className="cursor-pointer font-medium">
            {t("exchange.warnings", { count: report.warnings.length })}
          </summary>
          <ul className="mt-2 space-y-1.5 text-soft">
            {report.warnings.map((one) => (
              <li key={`${one.conversation_id} ${one.detail}`} className="break-words">
                <Link
                  to="/c/$conversationId"
                  params={{ conversationId: one.conversation_id }}
                  className="text-ink underline underline-offset-4"
                >
                  {one.title || t("sidebar.untitled")}
                </Link>
                {": "}
                {one.detail}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
