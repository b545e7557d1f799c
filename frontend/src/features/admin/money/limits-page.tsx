import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Choice, Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Page } from "#features/admin/parts/page.tsx";
import { putSection, resetSection, type Section, useSection } from "#features/admin/parts/policy.ts";
import { text, wholeOrNull } from "#features/admin/parts/reading.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { LimitsPolicy } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { Exceptions } from "./exceptions.tsx";
import { RateFields } from "./rate-fields.tsx";
import { ratesOf } from "./rates.ts";

const TIERS = ["default", "free", "starter", "professional", "enterprise", "unlimited"] as const;
const BEYOND = ["refuse", "throttle"] as const;
const SCOPES = ["organisation", "each_user", "each_key"] as const;

type Limits = Section<"limits">["policy"];

/** How fast the organisation, its people and its keys may ask. */
export function LimitsPage() {
  const { t } = useTranslation();
  const limits = useSection("limits");
  return (
    <Page title={t("admin.places.limits")} lead={t("adminMoney.limits.lead")}>
      <Loaded query={limits} rows={6}>
        {(section) => (
          <>
            <General key={section.version} section={section} />
            <Exceptions limits={section.policy} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function wanted(data: FormData, limits: Limits): LimitsPolicy {
  return {
    ...limits,
    tier: text(data, "tier") as Limits["tier"],
    beyond_quota: text(data, "beyond_quota") as Limits["beyond_quota"],
    throttled_requests_per_minute: wholeOrNull(data, "throttled_requests_per_minute") ?? 1,
    ...Object.fromEntries(SCOPES.map((scope) => [scope, ratesOf(data, `${scope}.`)])),
  };
}

function General({ section }: { section: Section<"limits"> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const limits = section.policy;
  const [beyond, setBeyond] = useState<string>(limits.beyond_quota);
  const reset = useChange({
    act: () => resetSection("limits"),
    changes: [adminKeys.policies],
    said: t("adminMoney.limits.resetDone"),
  });
  return (
    <Card
      title={t("adminMoney.limits.general")}
      lead={
        section.updated_at
          ? t("admin.policy.since", { when: format.moment(section.updated_at) })
          : t("admin.policy.defaults")
      }
      actions={
        section.updated_at ? (
          <Button disabled={reset.isPending} onClick={() => reset.mutate(undefined)}>
            {t("admin.policy.reset")}
          </Button>
        ) : null
      }
    >
      <Form
        act={(data) => putSection("limits", wanted(data, limits))}
        changes={[adminKeys.policies]}
        onDone={() => toast(t("adminMoney.limits.saved"))}
        submit={t("admin.save")}
      >
        <div className="grid gap-4 sm:grid-cols-3">
          <Choice
            name="tier"
            label={t("adminMoney.limits.tier")}
            hint={t("adminMoney.limits.tierHint")}
            defaultValue={limits.tier}
            options={TIERS.map((value) => ({ value, label: t(`adminMoney.tiers.${value}`) }))}
          />
          <Choice
            name="beyond_quota"
            label={t("adminMoney.limits.beyond")}
            value={beyond}
            onChange={({ target }) => setBeyond(target.value)}
            options={BEYOND.map((value) => ({ value, label: t(`adminMoney.beyond.${value}`) }))}
          />
          <Line
            name="throttled_requests_per_minute"
            label={t("adminMoney.limits.throttled")}
            inputMode="numeric"
            readOnly={beyond !== "throttle"}
            className={beyond === "throttle" ? "" : "bg-sunk text-soft"}
            defaultValue={limits.throttled_requests_per_minute}
          />
        </div>
        <p className="text-faint text-xs">{t("adminMoney.limits.emptyIsNone")}</p>
        {SCOPES.map((scope) => (
          <RateFields
            key={scope}
            legend={t(`adminMoney.scopes.${scope}`)}
            prefix={`${scope}.`}
            rates={limits[scope] ?? {}}
          />
        ))}
      </Form>
    </Card>
  );
}
