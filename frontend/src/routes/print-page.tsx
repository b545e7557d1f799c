import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, Printer } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { MessageParts } from "#features/chat/messages/message-parts.tsx";
import { conversationQuery, messagesQuery } from "#features/chat/turns/api.ts";
import { asApiError } from "#shared/api/errors.ts";
import { localeOf } from "#shared/i18n/i18n.ts";
import { Button, buttonLook } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";

/** A whole branch as one page for paper, or for the PDF that a browser makes of it. */
export function PrintPage({ conversationId }: { conversationId: string }) {
  const { t, i18n } = useTranslation();
  const conversation = useQuery(conversationQuery(conversationId));
  const { data, hasNextPage, isFetching, fetchNextPage, error } = useInfiniteQuery(messagesQuery(conversationId));

  // All of it is wanted, not what would be in view.
  useEffect(() => {
    if (hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [hasNextPage, isFetching, error, fetchNextPage]);

  const broken = conversation.error ?? error;
  const whole = data !== undefined && !hasNextPage && conversation.data !== undefined;
  const messages = (data?.pages ?? []).toReversed().flatMap((page) => page.data);
  const at = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: "medium", timeStyle: "short" });
  const title = conversation.data?.title || t("sidebar.untitled");
  return (
    <div className="min-h-0 flex-1 overflow-y-auto print:overflow-visible">
      <title>{title}</title>
      <div className="mx-auto w-full max-w-3xl px-5 pt-4 pb-16 print:max-w-none print:p-0">
        <div className="mb-6 flex flex-wrap items-center gap-2 print:hidden">
          <Link to="/c/$conversationId" params={{ conversationId }} className={buttonLook("quiet")}>
            <ArrowLeft aria-hidden="true" className="size-4 rtl:-scale-x-100" />
            {t("exchange.back")}
          </Link>
          <Button look="primary" disabled={!whole} onClick={() => window.print()}>
            <Printer aria-hidden="true" className="size-4" />
            {t("exchange.printNow")}
          </Button>
          <p role="status" className="text-soft text-sm">
            {whole ? t("exchange.printHint") : t("app.loading")}
          </p>
        </div>
        {broken ? <ProblemNote error={asApiError(broken)} /> : null}
        {whole ? (
          <>
            <h1 dir="auto" className="mb-6 text-start font-display text-3xl">
              {title}
            </h1>
            {messages.map((message) => (
              <article key={message.id} className="mb-7">
                <h2 className="mb-1.5 break-after-avoid font-medium text-soft text-xs">
                  {message.role === "user" ? t("search.you") : (message.model ?? t("chat.assistant"))}
                  {" · "}
                  {at.format(new Date(message.created_at))}
                </h2>
                <div className={message.role === "user" ? "border-accent border-s-2 ps-4" : ""}>
                  <MessageParts parts={message.parts} growing={false} />
                </div>
              </article>
            ))}
          </>
        ) : null}
      </div>
    </div>
  );
}
