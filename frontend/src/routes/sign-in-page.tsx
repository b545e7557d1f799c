import { useTranslation } from "react-i18next";
import { SignInForm } from "#features/auth/sign-in-form.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { Mark } from "#shared/ui/mark.tsx";

type SignInPageProps = { lost: boolean; onSignedIn: (session: SessionRead) => void };

export function SignInPage({ lost, onSignedIn }: SignInPageProps) {
  const { t } = useTranslation();
  return (
    <main className="relative grid min-h-full place-items-center overflow-hidden bg-side px-5 py-10">
      <title>{`${t("signIn.title")} · ${t("app.name")}`}</title>
      <Mark className="pointer-events-none absolute -end-40 -bottom-48 size-[44rem] opacity-[0.05]" />
      <div className="relative w-full max-w-[23.5rem]">
        <div className="mb-8 text-center">
          <Mark className="mx-auto mb-4 size-12" />
          <p className="font-display text-[2rem] leading-none tracking-[-0.015em]">{t("app.name")}</p>
          <p className="mt-2.5 text-soft">{t("signIn.lead")}</p>
        </div>
        <section
          aria-labelledby="sign-in-title"
          className="rounded-[1.6rem] border border-line bg-card p-6 shadow-lift sm:p-7"
        >
          <h1 id="sign-in-title" className="mb-4 font-semibold text-lg">
            {t("signIn.title")}
          </h1>
          {lost ? (
            <p role="status" className="mb-4 rounded-xl bg-accent-wash px-3.5 py-2.5 text-sm">
              {t("signIn.lost")}
            </p>
          ) : null}
          <SignInForm onSignedIn={onSignedIn} />
        </section>
      </div>
    </main>
  );
}
