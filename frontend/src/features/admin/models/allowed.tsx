import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Lines } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { putSection, useSection } from "#features/admin/parts/policy.ts";
import { lines } from "#features/admin/parts/reading.ts";
import { useToast } from "#shared/ui/toasts.tsx";

/** Which models may be asked by anybody of the organisation, and who stands in. */
export function Allowed() {
  const { t } = useTranslation();
  const toast = useToast();
  const section = useSection("models");
  return (
    <Card title={t("adminModels.allowed.title")} lead={t("adminModels.allowed.lead")}>
      <Loaded query={section} rows={2}>
        {({ policy, version }) => (
          <Form
            key={version}
            act={(data) => putSection("models", { allowed: lines(data, "allowed"), fallback: lines(data, "fallback") })}
            changes={[adminKeys.policies, adminKeys.models]}
            onDone={() => toast(t("adminModels.allowed.saved"))}
            submit={t("admin.save")}
          >
            <div className="grid gap-4 sm:grid-cols-2">
              <Lines
                name="allowed"
                label={t("adminModels.allowed.allowed")}
                hint={t("adminModels.allowed.allowedHint")}
                placeholder="openai/*"
                defaultValue={policy.allowed.join("\n")}
              />
              <Lines
                name="fallback"
                label={t("adminModels.allowed.fallback")}
                hint={t("adminModels.allowed.fallbackHint")}
                placeholder="anthropic/claude-haiku-4-5"
                defaultValue={policy.fallback.join("\n")}
              />
            </div>
          </Form>
        )}
      </Loaded>
    </Card>
  );
}
