import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";

const PAGE = "mx-auto flex min-h-full max-w-md flex-col items-center justify-center gap-5 px-5 text-center";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <main className={PAGE}>
      <title>{`${t("app.notFoundTitle")} · ${t("app.name")}`}</title>
      <Mark className="size-11" />
      <h1 className="font-display text-2xl">{t("app.notFoundTitle")}</h1>
      <p className="text-soft">{t("app.notFoundHint")}</p>
      <Link
        to="/"
        className="inline-flex h-10 items-center rounded-xl bg-accent px-4 font-medium text-on-accent text-sm"
      >
        {t("app.home")}
      </Link>
    </main>
  );
}

/** The last resort: the server cannot be reached at all, or the app itself has failed. */
export function CrashPage({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <main className={PAGE}>
      <Mark className="size-11" />
      {error instanceof ApiError ? (
        <>
          <ProblemNote error={error} className="text-start" />
          <Button onClick={() => void router.invalidate()}>{t("app.retry")}</Button>
        </>
      ) : (
        <>
          <h1 className="font-display text-2xl">{t("app.crashTitle")}</h1>
          <p className="text-soft">{t("app.crashHint")}</p>
          <Button look="primary" onClick={() => window.location.reload()}>
            {t("app.reload")}
          </Button>
        </>
      )}
    </main>
  );
}

export function PendingPage() {
  const { t } = useTranslation();
  return (
    <main aria-busy="true" className={PAGE}>
      <Mark className="size-11 animate-breathe" />
      <p className="sr-only">{t("app.loading")}</p>
    </main>
  );
}
