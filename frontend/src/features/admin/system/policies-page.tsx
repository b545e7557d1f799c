import { useTranslation } from "react-i18next";
import { Choice, Line, Lines, Tick } from "#features/admin/parts/fields.tsx";
import { Page } from "#features/admin/parts/page.tsx";
import { isTicked, lines, shareOrNull, text, wholeOrNull } from "#features/admin/parts/reading.ts";
import { Lifecycle, Sharing, Steps } from "./conversation-sections.tsx";
import { Branding, Layout } from "./look-sections.tsx";
import { isSooner, SECTIONS, SectionCard } from "./section-card.tsx";

const LEVELS = ["auto", "full", "degraded", "minimal", "offline"] as const;
const ENDS = ["refuse", "degrade"] as const;
const MEMORY = ["off", "opt_in", "on"] as const;
const UNPRICED = ["default", "allow", "refuse", "ceiling"] as const;
const KEPT = [
  "conversations_days",
  "memories_days",
  "temporary_days",
  "responses_days",
  "files_days",
  "batches_days",
  "audit_days",
  "webhook_log_days",
] as const;

/** What the organisation decides about its calls and its people, section by section. */
export function PoliciesPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("admin.places.policies")} lead={t("adminSystem.policies.lead")}>
      <Contents />
      <Resilience />
      <SignIn />
      <Sharing />
      <Lifecycle />
      <Retention />
      <Steps />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Layout />
        <div className="grid gap-4">
          <Memory />
          <Unpriced />
        </div>
      </div>
      <Branding />
    </Page>
  );
}

/** The way to each section; what it leads to takes the focus. */
function Contents() {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("adminSystem.policies.contents")}>
      <ul className="flex flex-wrap gap-1.5">
        {SECTIONS.map((name) => (
          <li key={name}>
            <button
              type="button"
              className="rounded-lg border border-line bg-card px-2.5 py-1 text-sm text-soft hover:bg-hover hover:text-ink"
              onClick={() => document.getElementById(name)?.focus()}
            >
              {t(`adminSystem.sections.${name}.title`)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Memory() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="memory"
      read={(data) => ({ mode: text(data, "mode") as (typeof MEMORY)[number] })}
      fields={({ mode }) => (
        <Choice
          name="mode"
          label={t("adminSystem.memory.mode")}
          defaultValue={mode}
          options={MEMORY.map((value) => ({ value, label: t(`adminSystem.memory.${value}`) }))}
        />
      )}
    />
  );
}

function Unpriced() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="spend"
      read={(data) => ({ unpriced: text(data, "unpriced") as (typeof UNPRICED)[number] })}
      fields={({ unpriced }) => (
        <Choice
          name="unpriced"
          label={t("adminSystem.spend.unpriced")}
          defaultValue={unpriced}
          options={UNPRICED.map((value) => ({ value, label: t(`adminSystem.spend.${value}`) }))}
        />
      )}
    />
  );
}

function Resilience() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="resilience"
      read={(data, now) => ({
        level: text(data, "level") as typeof now.level,
        cheaper: Object.fromEntries(
          lines(data, "cheaper").map((line) => {
            const [model = "", cheaper = ""] = line.split(/\s*(?:=|->|→)\s*/);
            return [model, cheaper];
          }),
        ),
        degraded_output_tokens: wholeOrNull(data, "degraded_output_tokens"),
        budget_ends: text(data, "budget_ends") as typeof now.budget_ends,
        offline_answer: text(data, "offline_answer"),
        hedge_share: shareOrNull(data, "hedge_share") ?? 0,
      })}
      fields={(policy) => (
        <>
          <div className="grid gap-4 sm:grid-cols-3">
            <Choice
              name="level"
              label={t("adminSystem.resilience.level")}
              defaultValue={policy.level}
              options={LEVELS.map((value) => ({ value, label: t(`adminSystem.levels.${value}`) }))}
            />
            <Choice
              name="budget_ends"
              label={t("adminSystem.resilience.budgetEnds")}
              defaultValue={policy.budget_ends}
              options={ENDS.map((value) => ({ value, label: t(`adminSystem.resilience.${value}`) }))}
            />
            <Line
              name="degraded_output_tokens"
              inputMode="numeric"
              label={t("adminSystem.resilience.tokens")}
              placeholder="–"
              defaultValue={policy.degraded_output_tokens ?? ""}
            />
          </div>
          <Lines
            name="cheaper"
            label={t("adminSystem.resilience.cheaper")}
            hint={t("adminSystem.resilience.cheaperHint")}
            placeholder="openai/gpt-5 = openai/gpt-5-mini"
            defaultValue={Object.entries(policy.cheaper)
              .map(([model, cheaper]) => `${model} = ${cheaper}`)
              .join("\n")}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <Line
              name="offline_answer"
              label={t("adminSystem.resilience.offline")}
              hint={t("adminSystem.resilience.offlineHint")}
              defaultValue={policy.offline_answer}
            />
            <Line
              name="hedge_share"
              inputMode="decimal"
              label={t("adminSystem.resilience.hedge")}
              hint={t("adminSystem.resilience.hedgeHint")}
              defaultValue={Math.round(policy.hedge_share * 10_000) / 100}
            />
          </div>
        </>
      )}
    />
  );
}

function SignIn() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="sign_in"
      read={(data, now) => ({
        second_factor: isTicked(data, "second_factor"),
        provider_only: isTicked(data, "provider_only"),
        shortest_password: wholeOrNull(data, "shortest_password") ?? now.shortest_password,
        idle_minutes: wholeOrNull(data, "idle_minutes") ?? now.idle_minutes,
        longest_hours: wholeOrNull(data, "longest_hours") ?? now.longest_hours,
      })}
      fields={(policy) => (
        <>
          <Tick
            name="second_factor"
            label={t("adminSystem.signIn.second_factor")}
            hint={t("adminSystem.signIn.secondFactorHint")}
            defaultChecked={policy.second_factor}
          />
          <Tick
            name="provider_only"
            label={t("adminSystem.signIn.provider_only")}
            hint={t("adminSystem.signIn.providerOnlyHint")}
            defaultChecked={policy.provider_only}
          />
          <div className="grid gap-4 sm:grid-cols-3">
            {(["shortest_password", "idle_minutes", "longest_hours"] as const).map((name) => (
              <Line
                key={name}
                name={name}
                inputMode="numeric"
                label={t(`adminSystem.signIn.${name}`)}
                defaultValue={policy[name]}
              />
            ))}
          </div>
        </>
      )}
    />
  );
}

function Retention() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="retention"
      read={(data) => Object.fromEntries(KEPT.map((name) => [name, wholeOrNull(data, name)]))}
      asks={(next, now) => {
        const sooner = KEPT.filter((name) => isSooner(next[name], now[name]));
        if (sooner.length === 0) return null;
        const what = sooner.map((name) => `${t(`adminSystem.retention.${name}`)} (${next[name]})`).join(", ");
        return { title: t("adminSystem.retention.askTitle"), text: t("adminSystem.retention.askText", { what }) };
      }}
      fields={(policy) => (
        <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
          {KEPT.map((name) => (
            <Line
              key={name}
              name={name}
              inputMode="numeric"
              label={t(`adminSystem.retention.${name}`)}
              placeholder={t("adminSystem.retention.ever")}
              defaultValue={policy[name] ?? ""}
            />
          ))}
        </div>
      )}
    />
  );
}
