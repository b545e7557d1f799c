import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { isTicked, text } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import { asApiError } from "#shared/api/errors.ts";
import type { ConnectionChecked, ConnectionRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { FallbackTick } from "./connection-form.tsx";

const CHANGES = [adminKeys.connections, adminKeys.providers, adminKeys.models];

const A_DAY_S = 86_400;

/** An own account: whether its provider takes it, and what can be changed. */
export function ConnectionDetail({ connection, onGone }: { connection: ConnectionRead; onGone: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const path = `/provider-connections/${connection.id}`;
  const turn = useChange({
    act: () => json(path, { method: "PATCH", body: { enabled: !connection.enabled } }),
    changes: CHANGES,
  });
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminModels.connections.kind"), connection.kind],
          [t("adminModels.connections.provider"), <code key="provider">{connection.provider}/…</code>],
          [t("adminModels.connections.address"), connection.base_url],
          [
            t("adminModels.connections.lastUsed"),
            connection.last_used_at ? format.moment(connection.last_used_at) : t("adminModels.connections.never"),
          ],
          ...(connection.former_until
            ? [[t("adminModels.connections.formerUntil"), format.moment(connection.former_until)] as const]
            : []),
        ]}
      />
      <Doctor path={path} />
      <Part title={t("adminModels.connections.change")}>
        <Form
          act={(data) =>
            json(path, {
              method: "PATCH",
              body: { name: text(data, "name"), fallback_to_house: isTicked(data, "fallback_to_house") },
            })
          }
          changes={CHANGES}
          onDone={() => toast(t("adminModels.connections.changed"))}
          submit={t("admin.save")}
        >
          <Line name="name" label={t("adminModels.connections.name")} defaultValue={connection.name} />
          <FallbackTick checked={connection.fallback_to_house} />
        </Form>
      </Part>
      <Part title={t("adminModels.connections.rotate")} lead={t("adminModels.connections.rotateLead")}>
        <Form
          act={(data) =>
            json(`${path}/rotate`, {
              method: "POST",
              body: { credential: text(data, "credential"), keep_former_s: A_DAY_S },
            })
          }
          changes={CHANGES}
          onDone={() => toast(t("adminModels.connections.rotated"))}
          submit={t("adminModels.connections.rotate")}
        >
          <Line
            name="credential"
            type="password"
            autoComplete="new-password"
            label={t("adminModels.connections.credential")}
          />
        </Form>
      </Part>
      <Part
        title={t(connection.enabled ? "adminModels.connections.turnOff" : "adminModels.connections.turnOn")}
        lead={t("adminModels.connections.turnLead")}
      >
        <Button disabled={turn.isPending} onClick={() => turn.mutate(undefined)}>
          {t(connection.enabled ? "adminModels.connections.turnOff" : "adminModels.connections.turnOn")}
        </Button>
      </Part>
      <Removal
        path={path}
        changes={CHANGES}
        action={t("adminModels.connections.delete")}
        title={t("adminModels.connections.deleteTitle", { name: connection.name })}
        text={t("adminModels.connections.deleteText")}
        said={t("adminModels.connections.deleted")}
        onGone={onGone}
      />
    </div>
  );
}

const OUTCOMES = [
  "ok",
  "wrong_key",
  "refused",
  "rate_limited",
  "wrong_address",
  "unreachable",
  "failed",
  "credential_unreadable",
] as const;

/** Asks the provider, and says what is wrong and what to do. */
function Doctor({ path }: { path: string }) {
  const { t } = useTranslation();
  const check = useMutation({ mutationFn: () => json<ConnectionChecked>(`${path}/check`, { method: "POST" }) });
  const outcome = OUTCOMES.find((one) => one === check.data?.outcome);
  return (
    <Part title={t("adminModels.doctor.title")} lead={t("adminModels.doctor.lead")}>
      <Button disabled={check.isPending} onClick={() => check.mutate()}>
        {t(check.isPending ? "adminModels.doctor.asking" : "adminModels.doctor.ask")}
      </Button>
      <div role="status" className="mt-3 empty:hidden">
        {outcome ? (
          <p
            className={`rounded-xl border px-3 py-2 text-sm ${outcome === "ok" ? "border-accent bg-accent-wash" : "border-danger-line bg-danger-wash"}`}
          >
            <span className="font-medium">{t(`adminModels.outcomes.${outcome}`)}.</span>{" "}
            {t(`adminModels.remedies.${outcome}`)}
          </p>
        ) : null}
      </div>
      {check.error ? <ProblemNote error={asApiError(check.error)} /> : null}
    </Part>
  );
}
