import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Line, Lines } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { PermissionTicks, usePermissionMeaning, usePermissions } from "#features/admin/parts/permission-ticks.tsx";
import { lines, text, texts } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { json } from "#shared/api/client.ts";
import type { RoleRead } from "#shared/api/schema.d.ts";
import { useToast } from "#shared/ui/toasts.tsx";

type RoleFormProps = { role?: RoleRead | null; onDone: () => void };

/** A role of one's own is written whole; of a built-in one only its models are anybody's to set. */
export function RoleForm({ role = null, onDone }: RoleFormProps) {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const toast = useToast();
  const isBuiltIn = role !== null && role.id === null;
  const isKnown = usePermissions().data !== undefined;
  const save = (data: FormData) => {
    const all = lines(data, "models");
    const models = all.length > 0 ? all : null;
    if (isBuiltIn) return json(`/roles/built-in/${role.name}`, { method: "PUT", body: { models } });
    const terms = { description: text(data, "description"), permissions: texts(data, "permissions"), models };
    return role
      ? json(`/roles/${role.id}`, { method: "PATCH", body: terms })
      : json("/roles", { method: "POST", body: { name: text(data, "name"), ...terms } });
  };
  const models = (
    <Lines
      name="models"
      label={t("adminAccess.roles.models")}
      hint={t("adminAccess.roles.modelsHint")}
      placeholder="openai/*"
      defaultValue={role?.models?.join("\n")}
    />
  );
  if (!may("roles:manage")) return role ? <Holds role={role} /> : null;
  return (
    <div className="space-y-6">
      {isBuiltIn ? <Holds role={role} /> : null}
      <Form
        act={save}
        changes={[adminKeys.roles]}
        onDone={() => {
          toast(t("adminAccess.roles.saved"));
          onDone();
        }}
        isReady={isBuiltIn || isKnown}
        submit={role ? t("admin.save") : t("adminAccess.roles.make")}
      >
        {role ? null : (
          <Line
            name="name"
            label={t("adminAccess.roles.name")}
            hint={t("adminAccess.roles.nameHint")}
            placeholder="analyst"
          />
        )}
        {isBuiltIn ? null : (
          <>
            <Line
              name="description"
              label={t("adminAccess.roles.description")}
              defaultValue={role?.description ?? ""}
            />
            <PermissionTicks
              legend={t("adminAccess.roles.permissions")}
              chosen={role?.permissions ?? ["chat", "models:read"]}
            />
          </>
        )}
        {models}
      </Form>
      {role?.id ? (
        <Removal
          path={`/roles/${role.id}`}
          changes={[adminKeys.roles]}
          action={t("adminAccess.roles.delete")}
          title={t("adminAccess.roles.deleteTitle", { name: role.name })}
          text={t("adminAccess.roles.deleteText")}
          said={t("adminAccess.roles.deleted")}
          onGone={onDone}
        />
      ) : null}
    </div>
  );
}

function Holds({ role }: { role: RoleRead }) {
  const { t } = useTranslation();
  const meaningOf = usePermissionMeaning();
  return (
    <section aria-label={t("adminAccess.roles.permissions")}>
      <ul className="space-y-1.5 text-sm">
        {role.permissions.map((name) => (
          <li key={name}>
            <code className="font-mono text-xs">{name}</code>
            <span className="block text-faint text-xs">{meaningOf(name)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
