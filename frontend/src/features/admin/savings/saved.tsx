import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { Tile } from "#features/admin/parts/tile.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { SavingsRead } from "#shared/api/schema.d.ts";
import { cx } from "#shared/lib/cx.ts";

const PARTS = [
  { id: "paid", of: "cost_usd", fill: "fill-faint", dot: "bg-faint" },
  { id: "cache", of: "saved_cache_usd", fill: "fill-accent", dot: "bg-accent" },
  { id: "routing", of: "saved_routing_usd", fill: "fill-bronze", dot: "bg-bronze" },
] as const;

/** What the same calls would have cost without cache and routing, and what became of it: in figures, and drawn. */
export function Saved({ since }: { since: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const savings = useQuery(answerQuery<SavingsRead>(adminKeys.usage, "/usage/savings", { since }));
  return (
    <Loaded query={savings} rows={4}>
      {(saved) => (
        <>
          <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            <Tile
              name={t("adminMoney.savings.share")}
              value={format.share(saved.saved_percent / 100)}
              note={t("adminMoney.savings.shareNote")}
            />
            <Tile name={t("adminMoney.savings.paid")} value={<Money usd={saved.cost_usd} />} />
            <Tile name={t("adminMoney.savings.cache")} value={<Money usd={saved.saved_cache_usd} />} />
            <Tile name={t("adminMoney.savings.routing")} value={<Money usd={saved.saved_routing_usd} />} />
          </div>
          <Card
            title={t("adminMoney.savings.drawn")}
            {...(saved.unpriced ? { lead: t("adminMoney.usage.unpriced", { count: saved.unpriced }) } : {})}
          >
            <Drawing saved={saved} />
          </Card>
        </>
      )}
    </Loaded>
  );
}

/** One bar, as long as what it would have cost, in its parts; the legend says them in words. */
function Drawing({ saved }: { saved: SavingsRead }) {
  const { t } = useTranslation();
  // For the eye alone: how wide each part is.
  const sizes = PARTS.map(({ of }) => Math.max(0, Number(saved[of])));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  return (
    <>
      <svg
        aria-hidden="true"
        viewBox="0 0 100 3"
        preserveAspectRatio="none"
        className="h-5 w-full rounded-lg bg-hover rtl:-scale-x-100"
      >
        {PARTS.map(({ id, fill }, place) => {
          const before = sizes.slice(0, place).reduce((sum, size) => sum + size, 0);
          const share = (size: number) => (whole > 0 ? (size / whole) * 100 : 0);
          return (
            <rect
              key={id}
              x={share(before)}
              width={share(sizes[place] ?? 0)}
              height="3"
              className={cx(fill, "opacity-80")}
            />
          );
        })}
      </svg>
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2 text-sm">
        {PARTS.map(({ id, of, dot }) => (
          <div key={id} className="flex items-baseline gap-2">
            <dt className="flex items-center gap-2 text-soft">
              <span aria-hidden="true" className={cx("size-2.5 rounded-sm opacity-80", dot)} />
              {t(`adminMoney.savings.${id}`)}
            </dt>
            <dd className="font-medium">
              <Money usd={saved[of]} />
            </dd>
          </div>
        ))}
        <div className="flex items-baseline gap-2 sm:ms-auto">
          <dt className="text-soft">{t("adminMoney.savings.baseline")}</dt>
          <dd className="font-medium">
            <Money usd={saved.baseline_usd} />
          </dd>
        </div>
      </dl>
    </>
  );
}
