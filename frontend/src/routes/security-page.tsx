import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { EmailSection, PasswordSection, ProvidersSection } from "#features/security/account-section.tsx";
import { devicesQuery, factorsQuery, passkeysQuery, tokensQuery } from "#features/security/api.ts";
import { AuthenticatorSection } from "#features/security/authenticator-section.tsx";
import { DevicesSection } from "#features/security/devices-section.tsx";
import { PasskeysSection } from "#features/security/passkeys-section.tsx";
import { ProgramsSection } from "#features/security/programs-section.tsx";
import { ProofProvider } from "#features/security/proof.tsx";
import { asApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { SettingsPage } from "./settings-page.tsx";

/** How one signs in, and where one is signed in. It shows once all of it is known: nothing moves afterwards. */
function Sections({ email }: { email: string }) {
  const { t } = useTranslation();
  const factors = useQuery(factorsQuery());
  const passkeys = useQuery(passkeysQuery());
  const devices = useQuery(devicesQuery());
  const tokens = useQuery(tokensQuery());
  const failed = [factors, passkeys, devices, tokens].find((query) => query.error && !query.data);
  if (failed) {
    const retry = () => void failed.refetch();
    return <ProblemNote error={asApiError(failed.error)} action={<Button onClick={retry}>{t("app.retry")}</Button>} />;
  }
  if (!factors.data || !passkeys.data || !devices.data || !tokens.data) {
    return (
      <p role="status" aria-busy="true" className="animate-late text-soft text-sm">
        {t("app.loading")}
      </p>
    );
  }
  return (
    <>
      <PasswordSection email={email} />
      <AuthenticatorSection factors={factors.data} />
      <PasskeysSection passkeys={passkeys.data} />
      <DevicesSection devices={devices.data} />
      <ProgramsSection families={tokens.data} />
      <EmailSection email={email} />
      <ProvidersSection email={email} />
    </>
  );
}

export function SecurityPage({ session }: { session: SessionRead }) {
  const { t } = useTranslation();
  const { email } = session.user;
  return (
    <SettingsPage title={t("security.title")} lead={t("security.lead")}>
      <ProofProvider email={email}>
        <Sections email={email} />
      </ProofProvider>
    </SettingsPage>
  );
}
