import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { amount, isTicked, percents, text } from "#features/admin/parts/reading.ts";
import { useAmount } from "#features/admin/parts/standing-bar.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import { json, send } from "#shared/api/client.ts";
import type { AlertRead, BudgetRead, BudgetUpdate } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { Standings } from "./budget-card.tsx";
import { BudgetEnds } from "./budget-form.tsx";

type BudgetDetailProps = { budget: BudgetRead; canChange: boolean; onGone: () => void };

/** All of a budget: how far each is, what was told of it, and its terms. */
export function BudgetDetail({ budget, canChange, onGone }: BudgetDetailProps) {
  const { t } = useTranslation();
  const { may } = useAdmin();
  return (
    <div className="space-y-6">
      <section aria-label={t("adminMoney.budgets.standings")}>
        <Standings budget={budget} />
      </section>
      {may("spend:read") ? <Alerts budget={budget} /> : null}
      {canChange ? <Terms budget={budget} onGone={onGone} /> : null}
    </div>
  );
}

function Terms({ budget, onGone }: { budget: BudgetRead; onGone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const path = `/budgets/${budget.id}`;
  const change = (body: BudgetUpdate) => json<BudgetRead>(path, { method: "PATCH", body });
  const turn = useChange({
    act: () => change({ enabled: !budget.enabled }),
    changes: [adminKeys.budgets],
    said: t(budget.enabled ? "adminMoney.budgets.turnedOff" : "adminMoney.budgets.turnedOn"),
  });
  const remove = useChange({
    act: () => send(path, { method: "DELETE" }),
    changes: [adminKeys.budgets],
    gone: path,
    said: t("adminMoney.budgets.deleted"),
    onDone: onGone,
  });
  return (
    <section aria-label={t("adminMoney.budgets.terms")} className="border-line border-t pt-4">
      <h3 className="mb-3 font-semibold text-sm">{t("adminMoney.budgets.terms")}</h3>
      <Form
        act={(data) =>
          change({
            name: text(data, "name"),
            limit: amount(data, "limit"),
            hard: isTicked(data, "hard"),
            thresholds: percents(data, "thresholds"),
          })
        }
        changes={[adminKeys.budgets]}
        onDone={() => toast(t("adminMoney.budgets.changed"))}
        submit={t("admin.save")}
      >
        <Line name="name" label={t("adminMoney.budgets.name")} defaultValue={budget.name} />
        <Line
          name="limit"
          label={`${t("adminMoney.budgets.limit")} (${t(`adminMoney.unitNames.${budget.unit}`)})`}
          inputMode="decimal"
          defaultValue={budget.limit}
        />
        <BudgetEnds hard={budget.hard} thresholds={budget.thresholds} />
      </Form>
      <div className="mt-6 flex flex-wrap justify-between gap-2 border-line border-t pt-4">
        <Button disabled={turn.isPending} onClick={() => turn.mutate(undefined)}>
          {t(budget.enabled ? "adminMoney.budgets.turnOff" : "adminMoney.budgets.turnOn")}
        </Button>
        <Button look="danger" onClick={() => setAsking(true)}>
          {t("adminMoney.budgets.delete")}
        </Button>
      </div>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={t("adminMoney.budgets.deleteTitle", { name: budget.name })}
        text={t("adminMoney.budgets.deleteText")}
        action={t("adminMoney.budgets.delete")}
        onConfirm={() => remove.mutate(undefined)}
      />
    </section>
  );
}

function Alerts({ budget }: { budget: BudgetRead }) {
  const { t } = useTranslation();
  const alerts = usePages<AlertRead>(adminKeys.budgets, `/budgets/${budget.id}/alerts`, { limit: 20 });
  return (
    <section aria-label={t("adminMoney.budgets.alerts")} className="border-line border-t pt-4">
      <h3 className="mb-2 font-semibold text-sm">{t("adminMoney.budgets.alerts")}</h3>
      <Loaded query={alerts} rows={1}>
        {(data) =>
          data.length === 0 ? (
            <p className="text-faint text-sm">{t("adminMoney.budgets.noAlerts")}</p>
          ) : (
            <AlertLines budget={budget} alerts={data} />
          )
        }
      </Loaded>
    </section>
  );
}

function AlertLines({ budget, alerts }: { budget: BudgetRead; alerts: readonly AlertRead[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = useAmount(budget.unit);
  const nameOf = useNames(
    budget.kind,
    alerts.map(({ subject }) => subject),
  );
  return (
    <ul className="space-y-1.5 text-sm">
      {alerts.map((alert) => (
        <li key={`${alert.subject} ${alert.at} ${alert.threshold_percent}`}>
          {alert.threshold_percent === null
            ? t("adminMoney.budgets.alertForeseen")
            : t("adminMoney.budgets.alertReached", { percent: format.share(alert.threshold_percent / 100) })}{" "}
          <span className="text-soft">
            {budget.kind === "tenant" ? "" : `${nameOf(alert.subject)} · `}
            {amount(alert.spent)} · {format.moment(alert.at)}
          </span>
        </li>
      ))}
    </ul>
  );
}
