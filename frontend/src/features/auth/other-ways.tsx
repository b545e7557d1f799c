import { useQuery } from "@tanstack/react-query";
import { KeyRound, LogIn } from "lucide-react";
import { useTranslation } from "react-i18next";
import { domainOf, signInOptionsQuery } from "#shared/api/sign-in-options.ts";
import { canUsePasskeys } from "#shared/lib/passkeys.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { Button, buttonLook } from "#shared/ui/button.tsx";
import { startOf } from "./stages.ts";

type OtherWaysProps = { email: string; next: string; busy: boolean; onPasskey: () => void };

/** Ways in without a password: a passkey, and the providers of the domain that is being typed. */
export function OtherWays({ email, next, busy, onPasskey }: OtherWaysProps) {
  const { t } = useTranslation();
  const domain = useSettled(domainOf(email), 250);
  const { data: providers = [] } = useQuery(signInOptionsQuery(domain));
  const passkeys = canUsePasskeys();
  if (!passkeys && providers.length === 0) return null;
  return (
    <div className="mt-5 space-y-2.5">
      <p className="flex items-center gap-3 text-faint text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t("signIn.or")}
      </p>
      {passkeys ? (
        <Button className="h-11 w-full" disabled={busy} onClick={onPasskey}>
          <KeyRound aria-hidden="true" className="size-4" />
          {t("signIn.passkey")}
        </Button>
      ) : null}
      {providers.map(({ id, name }) => (
        <a key={id} href={startOf(id, next)} className={buttonLook("plain", "h-11 w-full")}>
          <LogIn aria-hidden="true" className="size-4 shrink-0" />
          <span className="truncate">{t("signIn.continueWith", { name })}</span>
        </a>
      ))}
    </div>
  );
}
