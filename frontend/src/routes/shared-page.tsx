import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { MessageSquareReply } from "lucide-react";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { forkShared, openShared } from "#features/sharing/api.ts";
import { ApiError, asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import type { SharedRead } from "#shared/api/schema.d.ts";
import { Button, buttonLook } from "#shared/ui/button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { SharedHead } from "./shared-head.tsx";
import { SharedMessage } from "./shared-message.tsx";

const GONE = new Set(["share_not_found", "unknown_endpoint"]);

/** What a link shows, to whoever opens it, signed in or not. */
export function SharedPage({ token }: { token: string }) {
  const { t } = useTranslation();
  const shared = useQuery({
    queryKey: keys.shared(token),
    queryFn: ({ signal }) => openShared(token, signal),
    // Opening is counted: it is asked once, and again only if somebody asks for it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: (failures, error) => failures < 2 && !(error instanceof ApiError && GONE.has(error.code)),
  });
  const brand = shared.data?.brand;
  return (
    <div
      className="flex min-h-full flex-col"
      {...(brand?.colour ? { "data-brand": "", style: { "--brand": brand.colour } as CSSProperties } : {})}
    >
      <header className="sticky top-0 z-10 border-line border-b bg-page/90 backdrop-blur">
        <div className="mx-auto flex h-14 max-w-[48rem] items-center gap-3 px-5">
          <Link to="/" className="flex items-center gap-2.5 font-display text-lg">
            <Mark className="size-6" />
            {brand?.name || t("app.name")}
          </Link>
          {shared.data?.may_copy ? <GoOn token={token} /> : null}
        </div>
      </header>
      <main className="mx-auto w-full max-w-[48rem] flex-1 px-5 pt-8 pb-16 sm:pt-12">
        {shared.data ? <Shown shared={shared.data} /> : null}
        {shared.error ? (
          <Gone error={asApiError(shared.error)} onRetry={() => void shared.refetch()} token={token} />
        ) : null}
        {shared.isPending ? <Waiting /> : null}
      </main>
    </div>
  );
}

function Shown({ shared }: { shared: SharedRead }) {
  const { t } = useTranslation();
  const title = shared.title || t("shares.page.untitled");
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <SharedHead shared={shared} title={title} />
      <section aria-label={t("shares.page.messages")} className="mt-10 space-y-9">
        {shared.messages.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is shown bears no ids, and never changes.
          <SharedMessage key={index} message={message} />
        ))}
      </section>
      <footer className="mt-14 flex flex-wrap justify-between gap-2 border-line border-t pt-4 text-faint text-xs">
        <p>{t("shares.page.mistakes")}</p>
        <p>{t("shares.page.made", { name: t("app.name") })}</p>
      </footer>
    </>
  );
}

function GoOn({ token }: { token: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const fork = useMutation({
    mutationFn: () => forkShared(token),
    onSuccess: (made) => navigate({ to: "/c/$conversationId", params: { conversationId: made.id } }),
  });
  return (
    <div className="ms-auto flex items-center gap-3">
      {fork.error ? (
        <p role="alert" className="text-danger text-xs">
          {asApiError(fork.error).message}
        </p>
      ) : null}
      <Button
        look="primary"
        className="whitespace-nowrap"
        disabled={fork.isPending}
        title={t("shares.page.goOnHint")}
        onClick={() => fork.mutate()}
      >
        <MessageSquareReply aria-hidden="true" className="size-4 max-sm:hidden" />
        {fork.isPending ? t("shares.page.goingOn") : t("shares.page.goOn")}
      </Button>
    </div>
  );
}

type GoneProps = { error: ApiError; onRetry: () => void; token: string };

/** Nobody is told whether there ever was anything. */
function Gone({ error, onRetry, token }: GoneProps) {
  const { t } = useTranslation();
  if (!GONE.has(error.code))
    return <ProblemNote error={error} action={<Button onClick={onRetry}>{t("app.retry")}</Button>} />;
  return (
    <div className="flex flex-col items-center gap-4 py-16 text-center">
      <title>{`${t("shares.page.goneTitle")} · ${t("app.name")}`}</title>
      <Mark className="size-11" />
      <h1 className="font-display text-2xl">{t("shares.page.goneTitle")}</h1>
      <p className="max-w-md text-soft">{t("shares.page.goneHint")}</p>
      <Link to="/sign-in" search={{ next: `/shared/${token}` }} className={buttonLook("primary")}>
        {t("shares.page.signIn")}
      </Link>
    </div>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <div aria-busy="true" className="animate-late space-y-4">
      <p className="sr-only">{t("app.loading")}</p>
      {["w-1/3", "w-2/3", "w-1/2"].map((width) => (
        <div key={width} className={`h-4 animate-breathe rounded bg-hover ${width}`} />
      ))}
    </div>
  );
}
