import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Share2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { ownSharesQuery, policyQuery } from "./api.ts";
import { LinkEntry } from "./link-entry.tsx";
import { useLinkChanges } from "./use-link-changes.ts";

function Nothing() {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-12 text-center">
      <Share2 aria-hidden="true" className="size-8 text-accent" strokeWidth={1.5} />
      <p className="font-medium">{t("shares.own.none")}</p>
      <p className="max-w-md text-sm text-soft">{t("shares.own.noneText")}</p>
    </div>
  );
}

/** All links that the reader made, whatever they lead to. */
export function OwnLinks() {
  const { t } = useTranslation();
  const policy = useQuery(policyQuery());
  const list = useInfiniteQuery(ownSharesQuery());
  const changes = useLinkChanges();
  const shares = list.data?.pages.flatMap((page) => page.data) ?? [];
  if (list.error && !list.data) {
    return (
      <ProblemNote
        error={asApiError(list.error)}
        action={<Button onClick={() => void list.refetch()}>{t("app.retry")}</Button>}
      />
    );
  }
  if (list.isPending) {
    return (
      <div aria-busy="true" className="animate-late space-y-3">
        <p className="sr-only">{t("app.loading")}</p>
        <div className="h-14 rounded-xl bg-hover" />
        <div className="h-14 rounded-xl bg-hover" />
      </div>
    );
  }
  if (shares.length === 0) return <Nothing />;
  return (
    <>
      <ul
        aria-label={t("shares.own.title")}
        className="divide-y divide-line rounded-card border border-line bg-card px-5"
      >
        {shares.map((share) => (
          <LinkEntry
            key={share.id}
            share={share}
            longest={policy.data?.policy.longest_days ?? null}
            changes={changes}
            title={
              <Link
                to="/c/$conversationId"
                params={{ conversationId: share.conversation_id }}
                search={{ leaf: share.message_id }}
                className="hover:underline"
              >
                <bdi>{share.title || t("shares.page.untitled")}</bdi>
              </Link>
            }
          />
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button className="mx-auto flex" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("shares.own.more")}
        </Button>
      ) : null}
    </>
  );
}
