import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { putSection, resetSection, type Section, useSection } from "#features/admin/parts/policy.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import type { Policy } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { useToast } from "#shared/ui/toasts.tsx";

/** The sections that are set here; the others have pages of their own. */
export const SECTIONS = [
  "resilience",
  "sign_in",
  "sharing",
  "lifecycle",
  "retention",
  "steps",
  "layout",
  "memory",
  "spend",
  "branding",
] as const;

type Name = (typeof SECTIONS)[number];

/** Whether something is deleted after fewer days than before; none is never. */
export function isSooner(next: number | null | undefined, now: number | null | undefined): boolean {
  return typeof next === "number" && (typeof now !== "number" || next < now);
}

type SectionCardProps<Of extends Name> = {
  name: Of;
  read: (data: FormData, now: Section<Of>["policy"]) => NonNullable<Policy[Of]>;
  /** What becomes of things for good when it is set so. */
  asks?: (next: NonNullable<Policy[Of]>, now: Section<Of>["policy"]) => { title: string; text: string } | null;
  fields: (policy: Section<Of>["policy"]) => ReactNode;
};

/** A section of the policy as a form: since when it holds, and the way back to its defaults. */
export function SectionCard<Of extends Name>({ name, read, asks, fields }: SectionCardProps<Of>) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const section = useSection(name);
  const reset = useChange({
    act: () => resetSection(name),
    changes: [adminKeys.policies, adminKeys.status],
    said: t("adminSystem.policies.reset"),
  });
  const since = section.data?.updated_at;
  return (
    <Card
      id={name}
      title={t(`adminSystem.sections.${name as Name}.title`)}
      lead={
        <>
          {t(`adminSystem.sections.${name as Name}.lead`)}{" "}
          <span className="text-faint">
            {since ? t("admin.policy.since", { when: format.moment(since) }) : t("admin.policy.defaults")}
          </span>
        </>
      }
      actions={
        since ? (
          <Button disabled={reset.isPending} onClick={() => reset.mutate(undefined)}>
            {t("admin.policy.reset")}
          </Button>
        ) : null
      }
    >
      <Loaded query={section} rows={2}>
        {({ policy, version }) => (
          <Form
            key={version}
            act={(data) => putSection(name, read(data, policy))}
            changes={[adminKeys.policies, adminKeys.status]}
            onDone={() => toast(t("adminSystem.policies.saved"))}
            {...(asks ? { asks: (data: FormData) => asks(read(data, policy), policy) } : {})}
            submit={t("admin.save")}
          >
            {fields(policy)}
          </Form>
        )}
      </Loaded>
    </Card>
  );
}
