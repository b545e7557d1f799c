import { useTranslation } from "react-i18next";
import { Choice, Line, Tick } from "#features/admin/parts/fields.tsx";
import { isTicked, text, textOrNull, wholeOrNull } from "#features/admin/parts/reading.ts";
import { isSooner, SectionCard } from "./section-card.tsx";

const AUDIENCES = ["off", "organisation", "anybody"] as const;
const TELLERS = ["off", "local", "model"] as const;

/** What becomes of conversations by themselves. */
export function Lifecycle() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="lifecycle"
      read={(data, now) => ({
        enabled: isTicked(data, "enabled"),
        pause_minutes: wholeOrNull(data, "pause_minutes") ?? now.pause_minutes,
        complete_days: wholeOrNull(data, "complete_days"),
        retire_days: wholeOrNull(data, "retire_days"),
      })}
      asks={(next, now) =>
        next.enabled && isSooner(next.retire_days, now.enabled ? now.retire_days : null)
          ? {
              title: t("adminSystem.lifecycle.askTitle"),
              text: t("adminSystem.lifecycle.askText", { count: next.retire_days ?? 0 }),
            }
          : null
      }
      fields={(policy) => (
        <>
          <Tick
            name="enabled"
            label={t("adminSystem.lifecycle.enabled")}
            hint={t("adminSystem.lifecycle.enabledHint")}
            defaultChecked={policy.enabled}
          />
          <div className="grid gap-4 sm:grid-cols-3">
            <Line
              name="pause_minutes"
              inputMode="numeric"
              label={t("adminSystem.lifecycle.pause_minutes")}
              hint={t("adminSystem.lifecycle.pauseHint")}
              defaultValue={policy.pause_minutes}
            />
            <Line
              name="complete_days"
              inputMode="numeric"
              label={t("adminSystem.lifecycle.complete_days")}
              hint={t("adminSystem.lifecycle.completeHint")}
              placeholder={t("adminSystem.lifecycle.never")}
              defaultValue={policy.complete_days ?? ""}
            />
            <Line
              name="retire_days"
              inputMode="numeric"
              label={t("adminSystem.lifecycle.retire_days")}
              hint={t("adminSystem.lifecycle.retireHint")}
              placeholder={t("adminSystem.lifecycle.never")}
              defaultValue={policy.retire_days ?? ""}
            />
          </div>
        </>
      )}
    />
  );
}

/** How far links to conversations go. */
export function Sharing() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="sharing"
      read={(data, now) => ({
        audience: text(data, "audience") as typeof now.audience,
        longest_days: wholeOrNull(data, "longest_days") ?? now.longest_days,
        copies: isTicked(data, "copies"),
      })}
      fields={(policy) => (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <Choice
              name="audience"
              label={t("adminSystem.sharing.audience")}
              hint={t("adminSystem.sharing.audienceHint")}
              defaultValue={policy.audience}
              options={AUDIENCES.map((value) => ({ value, label: t(`adminSystem.audiences.${value}`) }))}
            />
            <Line
              name="longest_days"
              inputMode="numeric"
              label={t("adminSystem.sharing.longest_days")}
              hint={t("adminSystem.sharing.longestHint")}
              defaultValue={policy.longest_days}
            />
          </div>
          <Tick
            name="copies"
            label={t("adminSystem.sharing.copies")}
            hint={t("adminSystem.sharing.copiesHint")}
            defaultChecked={policy.copies}
          />
        </>
      )}
    />
  );
}

/** The small steps around a turn. */
export function Steps() {
  const { t } = useTranslation();
  return (
    <SectionCard
      name="steps"
      read={(data, now) => ({
        titles: isTicked(data, "titles"),
        intent: text(data, "intent") as typeof now.intent,
        references: text(data, "references") as typeof now.references,
        clarifying: isTicked(data, "clarifying"),
        recap_every: wholeOrNull(data, "recap_every") ?? 0,
        model: textOrNull(data, "model"),
      })}
      fields={(policy) => (
        <>
          {(["titles", "clarifying"] as const).map((name) => (
            <Tick
              key={name}
              name={name}
              label={t(`adminSystem.steps.${name}`)}
              hint={t(`adminSystem.stepHints.${name}`)}
              defaultChecked={policy[name]}
            />
          ))}
          <div className="grid gap-4 sm:grid-cols-2">
            {(["intent", "references"] as const).map((name) => (
              <Choice
                key={name}
                name={name}
                label={t(`adminSystem.steps.${name}`)}
                hint={t(`adminSystem.stepHints.${name}`)}
                defaultValue={policy[name]}
                options={TELLERS.map((value) => ({ value, label: t(`adminSystem.tellers.${value}`) }))}
              />
            ))}
            <Line
              name="recap_every"
              inputMode="numeric"
              label={t("adminSystem.steps.recap_every")}
              hint={t("adminSystem.stepHints.recap_every")}
              defaultValue={policy.recap_every}
            />
            <Line
              name="model"
              label={t("adminSystem.steps.model")}
              hint={t("adminSystem.stepHints.model")}
              placeholder="openai/gpt-5-mini"
              spellCheck={false}
              defaultValue={policy.model ?? ""}
            />
          </div>
        </>
      )}
    />
  );
}
