import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Meter } from "#features/admin/parts/meter.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { PromptSavingsRead } from "#shared/api/schema.d.ts";

/** How much of what providers could have read from their caches they did read. */
export function PromptCaches() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const savings = useQuery(answerQuery<PromptSavingsRead>(adminKeys.usage, "/lint/savings"));
  return (
    <Card title={t("adminMoney.promptCaches.title")} lead={t("adminMoney.promptCaches.lead")}>
      <Loaded query={savings} rows={2}>
        {(saved) =>
          saved.calls === 0 ? (
            <p className="text-pretty text-faint text-sm">
              {t("adminMoney.promptCaches.nothing")}{" "}
              {may("policies:manage") ? (
                <Link to="/admin/policies" hash="layout" className="font-medium text-accent hover:underline">
                  {t("adminMoney.promptCaches.measure")}
                </Link>
              ) : null}
            </p>
          ) : (
            <Measured saved={saved} />
          )
        }
      </Loaded>
    </Card>
  );
}

function Measured({ saved }: { saved: PromptSavingsRead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = saved.expected_tokens > 0 ? saved.cached_tokens / saved.expected_tokens : 0;
  const said = t("adminMoney.promptCaches.of", {
    cached: format.whole(saved.cached_tokens),
    expected: format.whole(saved.expected_tokens),
  });
  return (
    <>
      <div className="mb-1 flex items-baseline justify-between gap-3 text-sm">
        <span>{said}</span>
        <span className="text-faint text-xs tabular-nums">{format.share(share)}</span>
      </div>
      <Meter label={t("adminMoney.promptCaches.title")} percent={share * 100} valueText={said} />
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2 text-sm">
        <Figure name={t("adminMoney.promptCaches.saved")} usd={saved.saved_usd} />
        <Figure name={t("adminMoney.promptCaches.missed")} usd={saved.missed_usd} />
        <div className="flex gap-2 text-soft sm:ms-auto">
          <dt>{t("adminMoney.usage.requests")}</dt>
          <dd>{format.whole(saved.calls)}</dd>
        </div>
      </dl>
    </>
  );
}

function Figure({ name, usd }: { name: string; usd: string }) {
  return (
    <div className="flex gap-2">
      <dt className="text-soft">{name}</dt>
      <dd className="font-medium">
        <Money usd={usd} />
      </dd>
    </div>
  );
}
