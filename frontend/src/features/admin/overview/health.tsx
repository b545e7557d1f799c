import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Dot, type Tone } from "#features/admin/parts/badge.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { ProviderList, ProviderRead, StatusRead } from "#shared/api/schema.d.ts";

const LIVE_MS = 15_000;

const LEVELS: Record<StatusRead["level"], Tone> = { full: "good", degraded: "warn", minimal: "bad", offline: "bad" };

function toneOf({ status, resting }: ProviderRead): Tone {
  if (status === "unreachable") return "calm";
  if (status !== "ok") return "bad";
  return resting > 0 ? "warn" : "good";
}

/** How well all is: what is offered, and which providers answer. */
export function Health() {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useQuery({ ...answerQuery<StatusRead>(adminKeys.status, "/status"), refetchInterval: LIVE_MS });
  const providers = useQuery({
    ...answerQuery<ProviderList>(adminKeys.providers, "/providers"),
    refetchInterval: LIVE_MS,
  });
  return (
    <section
      aria-label={t("admin.health.title")}
      className="flex flex-wrap items-center gap-x-6 gap-y-2 rounded-2xl border border-line bg-card px-4 py-3 text-sm"
    >
      {status.data ? (
        <p className="flex items-center gap-2">
          <Dot tone={LEVELS[status.data.level]} />
          <span className="font-medium">{t(`admin.health.levels.${status.data.level}`)}</span>
          {status.data.level === "full" ? null : (
            <span className="text-soft">
              {t("admin.health.since", { when: format.moment(status.data.since) })}
              {status.data.why ? ` · ${status.data.why}` : ""}
            </span>
          )}
        </p>
      ) : null}
      <ul aria-label={t("admin.health.providers")} className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        {providers.data?.data.map((provider) => (
          <li key={provider.name} className="flex items-center gap-1.5" title={provider.detail}>
            <Dot tone={toneOf(provider)} />
            <span className={provider.status === "ok" ? "" : "text-soft"}>{provider.name}</span>
            <span className="text-faint text-xs">
              {provider.status === "ok"
                ? t("admin.health.models", { count: provider.models })
                : t("admin.health.notAnswering")}
            </span>
            {provider.resting > 0 ? (
              <span className="text-bronze text-xs">{t("admin.health.resting", { count: provider.resting })}</span>
            ) : null}
          </li>
        ))}
      </ul>
      <Link to="/admin/providers" className="ms-auto rounded-md text-accent text-sm hover:underline">
        {t("admin.health.look")}
      </Link>
    </section>
  );
}
