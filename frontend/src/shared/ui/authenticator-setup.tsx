import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { TotpCreated } from "#shared/api/account-types.ts";
import { CopyButton } from "./copy-button.tsx";

const QrCode = lazy(async () => ({ default: (await import("./qr-code.tsx")).QrCode }));

/** A new secret on its way into an authenticator app: by camera, by link on the same phone, or typed in. */
export function AuthenticatorSetup({ totp, children }: { totp: TotpCreated; children: ReactNode }) {
  const { t } = useTranslation();
  const grouped = totp.secret.replace(/(.{4})(?=.)/g, "$1 ");
  return (
    <ol className="space-y-5 text-sm">
      <li className="space-y-3">
        <p>{t("authenticator.scan")}</p>
        <div className="flex justify-center">
          <Suspense fallback={<div className="size-48" />}>
            <QrCode text={totp.address} label={t("authenticator.qr")} />
          </Suspense>
        </div>
        <p className="text-soft">
          <a href={totp.address} className="font-medium text-accent underline underline-offset-4">
            {t("authenticator.open")}
          </a>{" "}
          {t("authenticator.type")}
        </p>
        <div className="flex items-center gap-2 rounded-xl border border-line bg-sunk py-2 ps-3 pe-2">
          <code dir="ltr" className="min-w-0 flex-1 select-all break-words font-mono text-[0.8125rem]">
            {grouped}
          </code>
          <CopyButton text={totp.secret} label={t("authenticator.copy")} />
        </div>
      </li>
      <li className="space-y-3">
        <p>{t("authenticator.confirm")}</p>
        {children}
      </li>
    </ol>
  );
}
