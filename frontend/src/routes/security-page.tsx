import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { EmailSection, PasswordSection, ProvidersSection } from "#features/security/account-section.tsx";
import { devicesQuery, factorsQuery, passkeysQuery } from "#features/security/api.ts";
import { AuthenticatorSection } from "#features/security/authenticator-section.tsx";
import { DevicesSection } from "#features/security/devices-section.tsx";
import { PasskeysSection } from "#features/security/passkeys-section.tsx";
import { ProofProvider } from "#features/security/proof.tsx";
import { asApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { ChatHeader } from "./chat-header.tsx";

/** How one signs in, and where one is signed in. It shows once all of it is known: nothing moves afterwards. */
function Sections({ email }: { email: string }) {
  const { t } = useTranslation();
  const factors = useQuery(factorsQuery());
  const passkeys = useQuery(passkeysQuery());
  const devices = useQuery(devicesQuery());
  const failed = [factors, passkeys, devices].find((query) => query.error && !query.data);
  if (failed) {
    const retry = () => void failed.refetch();
    return <ProblemNote error={asApiError(failed.error)} action={<Button onClick={retry}>{t("app.retry")}</Button>} />;
  }
  if (!factors.data || !passkeys.data || !devices.data) {
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
      <EmailSection email={email} />
      <ProvidersSection email={email} />
    </>
  );
}

export function SecurityPage({ session }: { session: SessionRead }) {
  const { t } = useTranslation();
  const { email } = session.user;
  return (
    <>
      <title>{`${t("security.title")} · ${t("app.name")}`}</title>
      <ChatHeader title={null} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-2xl space-y-4 px-4 pt-2 pb-16">
          <div className="px-1 pb-3">
            <h1 className="font-display text-[1.75rem] leading-tight tracking-[-0.01em]">{t("security.title")}</h1>
            <p className="mt-1 text-soft">{t("security.lead")}</p>
          </div>
          <ProofProvider email={email}>
            <Sections email={email} />
          </ProofProvider>
        </div>
      </div>
    </>
  );
}
