import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AcceptInvitation } from "#features/auth/accept-invitation.tsx";
import { AskForNewPassword, SetNewPassword } from "#features/auth/new-password.tsx";
import { VerifyEmail } from "#features/auth/verify-email.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { EntryFrame } from "./entry-frame.tsx";

const LINK = "font-medium text-accent underline-offset-4 hover:underline";

/** What stands behind `#` in the links of our messages, where no server and no proxy sees it. */
function useMailedToken(): string {
  return useLocation({ select: (location) => location.hash });
}

export function NewPasswordPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const token = useMailedToken();
  const [hasCode, setHasCode] = useState(false);
  const leave = () => void navigate({ to: "/sign-in", search: { why: "password" }, replace: true });
  const back = (
    <Link to="/sign-in" className={LINK}>
      {t("signIn.back")}
    </Link>
  );
  const again = (
    <Link to="/new-password" hash="" className={LINK} onClick={() => setHasCode(false)}>
      {t("newPassword.again")}
    </Link>
  );
  return (
    <EntryFrame title={t("newPassword.askTitle")}>
      {token || hasCode ? (
        <SetNewPassword key={token} token={token} onDone={leave} again={again} />
      ) : (
        <AskForNewPassword onHaveCode={() => setHasCode(true)} back={back} />
      )}
    </EntryFrame>
  );
}

export function InvitationPage({ onSignedIn }: { onSignedIn: (session: SessionRead) => void }) {
  const { t } = useTranslation();
  const token = useMailedToken();
  const onward = (
    <Link to="/sign-in" className={buttonLook("primary", "h-11 w-full")}>
      {t("signIn.title")}
    </Link>
  );
  return (
    <EntryFrame title={t("invitation.title")}>
      <AcceptInvitation key={token} token={token} onSignedIn={onSignedIn} onward={onward} />
    </EntryFrame>
  );
}

export function VerifyPage() {
  const { t } = useTranslation();
  const token = useMailedToken();
  const onward = (
    <Link to="/" replace className={buttonLook("primary", "h-11 w-full")}>
      {t("app.home")}
    </Link>
  );
  return (
    <EntryFrame title={t("verify.title")}>
      <VerifyEmail key={token} token={token} onward={onward} />
    </EntryFrame>
  );
}
