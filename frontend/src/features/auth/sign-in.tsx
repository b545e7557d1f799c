import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { EntryCard } from "#shared/ui/entry-card.tsx";
import { OtherWays } from "./other-ways.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { usePasskeyOffer } from "./use-passkey-offer.ts";
import { type SignIn as Attempt, type SignInOptions, useSignIn } from "./use-sign-in.ts";

// Arrives while somebody types a password: few are asked for more.
const furtherStages = import("./sign-in-stages.tsx");
const SignInStages = lazy(async () => ({ default: (await furtherStages).SignInStages }));

type SignInProps = SignInOptions & {
  /** Where a provider's sign-in leads back to. */
  next: string;
  /** Why somebody is asked to sign in. */
  note: ReactNode;
  help: ReactNode;
};

function FirstStage({ signIn, next, note, help }: { signIn: Attempt; next: string; note: ReactNode; help: ReactNode }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const takeOfferBack = usePasskeyOffer(signIn.withPasskey);
  return (
    <EntryCard title={t("signIn.title")}>
      {note}
      <SignInForm
        busy={signIn.busy === "password"}
        error={signIn.error}
        onSubmit={signIn.withPassword}
        onEmail={setEmail}
        help={help}
      />
      <OtherWays
        email={email}
        next={next}
        busy={signIn.busy !== null}
        onPasskey={() => {
          takeOfferBack();
          signIn.withPasskey();
        }}
      />
    </EntryCard>
  );
}

/** Signing in, from the first field to the session. */
export function SignIn({ next, note, help, ...options }: SignInProps) {
  const signIn = useSignIn(options);
  if (signIn.stage.name === "password") return <FirstStage signIn={signIn} next={next} note={note} help={help} />;
  return (
    <Suspense>
      <SignInStages signIn={signIn} />
    </Suspense>
  );
}
