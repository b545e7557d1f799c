import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Lines, Tick } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Page } from "#features/admin/parts/page.tsx";
import { putSection, useSection } from "#features/admin/parts/policy.ts";
import { isTicked, lines, text } from "#features/admin/parts/reading.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { Dial } from "./dial.tsx";
import { Replay } from "./replay.tsx";
import { TryQuestion } from "./try-question.tsx";

/** How the model `auto` chooses: the dial, why a question goes where, and what another dial would have done. */
export function RoutingPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  return (
    <Page title={t("admin.places.routing")} lead={t("adminModels.routing.lead")}>
      {may("policies:manage") ? <RoutingPolicy /> : null}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {may("chat") ? <TryQuestion /> : null}
        {may("policies:manage") ? <Replay /> : null}
      </div>
    </Page>
  );
}

function RoutingPolicy() {
  const { t } = useTranslation();
  const toast = useToast();
  const section = useSection("routing");
  return (
    <Card title={t("adminModels.routing.policy")} lead={t("adminModels.routing.policyLead")}>
      <Loaded query={section} rows={3}>
        {({ policy, version }) => (
          <Form
            key={version}
            act={(data) =>
              putSection("routing", {
                dial: Number(text(data, "dial")),
                candidates: lines(data, "candidates"),
                sticky: isTicked(data, "sticky"),
              })
            }
            changes={[adminKeys.policies]}
            onDone={() => toast(t("adminModels.routing.saved"))}
            submit={t("admin.save")}
          >
            <div className="grid gap-5 sm:grid-cols-2">
              <div className="space-y-4">
                <Dial start={policy.dial} />
                <Tick
                  name="sticky"
                  label={t("adminModels.routing.sticky")}
                  hint={t("adminModels.routing.stickyHint")}
                  defaultChecked={policy.sticky}
                />
              </div>
              <Lines
                name="candidates"
                label={t("adminModels.routing.candidates")}
                hint={t("adminModels.routing.candidatesHint")}
                placeholder="openai/gpt-5"
                defaultValue={policy.candidates.join("\n")}
              />
            </div>
          </Form>
        )}
      </Loaded>
    </Card>
  );
}
