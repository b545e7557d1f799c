import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Choice, Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { text, textOrNull } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { ChimeraTenancyOrganisationsSchemasTenantRead as TenantRead } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";

const TIERS = ["free", "starter", "professional", "enterprise", "unlimited"] as const;

/** An organisation's terms: it is founded with its owner, who is invited; or changed. */
export function TenantForm({ tenant, onDone }: { tenant: TenantRead | null; onDone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = (data: FormData) => {
    const terms = { name: text(data, "name"), tier: textOrNull(data, "tier") };
    return tenant
      ? json(`/tenants/${tenant.id}`, { method: "PATCH", body: terms })
      : json("/tenants", { method: "POST", body: { ...terms, owner_email: text(data, "owner_email") } });
  };
  return (
    <Form
      act={save}
      changes={[adminKeys.tenants]}
      onDone={() => {
        toast(t(tenant ? "adminPeople.tenants.changed" : "adminPeople.tenants.made"));
        onDone();
      }}
      submit={tenant ? t("admin.save") : t("adminPeople.tenants.make")}
    >
      <Line name="name" label={t("adminPeople.tenants.name")} defaultValue={tenant?.name ?? ""} />
      {tenant ? null : <Line name="owner_email" type="email" label={t("adminPeople.tenants.owner")} />}
      <Choice
        name="tier"
        label={t("adminPeople.tenants.tier")}
        hint={t("adminPeople.tenants.tierHint")}
        defaultValue={tenant?.tier ?? ""}
        options={[
          { value: "", label: t("adminPeople.tenants.defaultTier") },
          ...TIERS.map((tier) => ({ value: tier, label: tier })),
        ]}
      />
    </Form>
  );
}
