import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { Part } from "#features/admin/parts/part.tsx";
import { Removal } from "#features/admin/parts/removal.tsx";
import { CopyLine } from "#features/admin/parts/secret-once.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { json } from "#shared/api/client.ts";
import { asApiError } from "#shared/api/errors.ts";
import type { IdentityProviderCheck, IdentityProviderRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { ProviderForm } from "./provider-form.tsx";

/** What remains to be done at the provider, step by step, and whether it works. */
export function ProviderSteps({ provider, onGone }: { provider: IdentityProviderRead; onGone: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const { session } = useAdmin();
  const path = `/identity-providers/${provider.id}`;
  const check = useMutation({ mutationFn: () => json<IdentityProviderCheck>(`${path}/check`, { method: "POST" }) });
  const domains = useChange({
    act: () => json(`${path}/domains`, { method: "POST" }),
    changes: [adminKeys.identityProviders],
    said: t("adminAccess.sso.domainsAsked"),
  });
  return (
    <div className="space-y-6">
      <section aria-label={t("adminAccess.sso.stepRedirect")} className="space-y-2">
        <h3 className="font-semibold text-sm">1. {t("adminAccess.sso.stepRedirect")}</h3>
        <p className="text-sm text-soft">{t("adminAccess.sso.redirectLead")}</p>
        <CopyLine text={provider.redirect_uri} label={t("admin.secret.copy")} />
        <p className="pt-1 text-sm text-soft">{t("adminAccess.sso.logoutLead")}</p>
        <CopyLine text={provider.backchannel_logout_uri} label={t("admin.secret.copy")} />
      </section>
      <Part title={`2. ${t("adminAccess.sso.stepTest")}`} lead={t("adminAccess.sso.testLead")}>
        <Button disabled={check.isPending} onClick={() => check.mutate()}>
          {t("adminAccess.sso.test")}
        </Button>
        <div role="status" className="mt-3 text-sm empty:hidden">
          {check.data ? (
            <p
              className={`rounded-xl border px-3 py-2 ${check.data.usable ? "border-accent bg-accent-wash" : "border-danger-line bg-danger-wash"}`}
            >
              {check.data.usable ? t("adminAccess.sso.usable") : check.data.problem}
            </p>
          ) : null}
        </div>
        {check.error ? <ProblemNote error={asApiError(check.error)} /> : null}
      </Part>
      <Part title={`3. ${t("adminAccess.sso.stepDomains")}`} lead={t("adminAccess.sso.domainsLead")}>
        <p className="mb-2 text-sm text-soft">{t("adminAccess.sso.proofHow")}</p>
        <CopyLine text={session.tenant.id} label={t("admin.secret.copy")} className="mb-3" />
        <ul className="mb-3 space-y-1.5 text-sm">
          {provider.domains.map((domain) => {
            const isProven = provider.proven_domains.includes(domain);
            return (
              <li key={domain} className="flex items-center gap-2">
                {domain}
                <Badge tone={isProven ? "good" : "warn"}>
                  {t(isProven ? "adminAccess.sso.proven" : "adminAccess.sso.unproven")}
                </Badge>
              </li>
            );
          })}
        </ul>
        <Button disabled={domains.isPending} onClick={() => domains.mutate(undefined)}>
          {t("adminAccess.sso.proveDomains")}
        </Button>
      </Part>
      <Part title={t("adminAccess.sso.change")}>
        <ProviderForm provider={provider} onDone={() => toast(t("adminAccess.sso.changed"))} />
      </Part>
      <Removal
        path={path}
        changes={[adminKeys.identityProviders]}
        action={t("adminAccess.roles.delete")}
        title={t("adminAccess.sso.deleteTitle", { name: provider.name })}
        text={t("adminAccess.sso.deleteText")}
        said={t("adminAccess.sso.deleted")}
        onGone={onGone}
      />
    </div>
  );
}
