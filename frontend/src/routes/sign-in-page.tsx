import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SignIn } from "#features/auth/sign-in.tsx";
import { ApiError } from "#shared/api/errors.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { EntryFrame } from "./entry-frame.tsx";

/** Why somebody is led to sign-in: a session that ended, a new password, or an organisation that asks for more. */
export type Why = "lost" | "password" | "organisation";

type SignInPageProps = {
  why: Why | null;
  /** The code of why a provider's sign-in came to nothing. */
  refused: string | null;
  next: string;
  tenantId: string | undefined;
  onSignedIn: (session: SessionRead) => void;
};

export function SignInPage({ why, refused, next, tenantId, onSignedIn }: SignInPageProps) {
  const { t } = useTranslation();
  return (
    <EntryFrame title={t("signIn.title")}>
      <SignIn
        next={next}
        tenantId={tenantId}
        onSignedIn={onSignedIn}
        note={
          refused ? (
            <ProblemNote error={new ApiError({ code: refused, status: 0, detail: "" })} className="mb-4" />
          ) : why ? (
            <p role="status" className="mb-4 rounded-xl bg-accent-wash px-3.5 py-2.5 text-sm">
              {t(`signIn.why.${why}`)}
            </p>
          ) : null
        }
        help={
          <Link to="/new-password" className="text-soft underline-offset-4 hover:text-ink hover:underline">
            {t("signIn.forgotten")}
          </Link>
        }
      />
    </EntryFrame>
  );
}
