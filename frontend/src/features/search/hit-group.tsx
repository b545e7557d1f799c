import { Link } from "@tanstack/react-router";
import { MessageSquare } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HitRead, SnippetRead } from "#shared/api/schema.d.ts";
import { localeOf } from "#shared/i18n/i18n.ts";
import { type FoundConversation, pieces, unmarked } from "./found.ts";

const FIRST = 3;

function Snippet({ snippet, read = String }: { snippet: SnippetRead; read?: (text: string) => string }) {
  return (
    <>
      {snippet.is_cut && snippet.begins > 0 ? "… " : ""}
      {pieces(snippet).map((piece) =>
        piece.marked ? (
          <mark key={piece.at} className="rounded bg-bronze-wash px-0.5 font-medium text-ink ring-1 ring-bronze-line">
            {piece.text}
          </mark>
        ) : (
          read(piece.text)
        ),
      )}
      {snippet.is_cut ? " …" : ""}
    </>
  );
}

function Hit({ hit, messageId }: { hit: HitRead; messageId: string }) {
  const { t, i18n } = useTranslation();
  const day = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: "medium" }).format(
    new Date(hit.created_at),
  );
  const who = hit.role === "user" ? t("search.you") : (hit.model ?? t("chat.assistant"));
  return (
    <Link
      to="/c/$conversationId"
      params={{ conversationId: hit.conversation_id }}
      search={{ leaf: messageId }}
      hash={`m-${messageId}`}
      data-hit=""
      className="block rounded-xl px-3 py-2 transition-colors hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2"
    >
      <span className="block text-faint text-xs">
        {who} · <time dateTime={hit.created_at}>{day}</time>
      </span>
      <span dir="auto" className="mt-0.5 line-clamp-3 break-words text-start text-sm">
        <Snippet snippet={hit.snippet} read={unmarked} />
      </span>
    </Link>
  );
}

/** A conversation, and what in it was found; the first of it at once, the rest when it is asked for. */
export function HitGroup({ found }: { found: FoundConversation }) {
  const { t } = useTranslation();
  const id = useId();
  const [all, setAll] = useState(false);
  const { hits, titleHit } = found;
  const shown = all ? hits : hits.slice(0, FIRST);
  const rest = hits.length - shown.length;
  return (
    <article aria-labelledby={id} className="border-line border-t py-3 first:border-t-0">
      <h2 id={id} className="font-medium">
        <Link
          to="/c/$conversationId"
          params={{ conversationId: found.id }}
          data-hit=""
          className="flex items-center gap-2.5 rounded-xl px-3 py-1.5 hover:bg-hover focus-visible:-outline-offset-2"
        >
          <MessageSquare aria-hidden="true" className="size-4 shrink-0 text-accent" />
          <span dir="auto" className="min-w-0 truncate text-start">
            {titleHit ? <Snippet snippet={titleHit.snippet} /> : found.title || t("sidebar.untitled")}
          </span>
        </Link>
      </h2>
      {shown.map((hit) => (hit.message_id ? <Hit key={hit.message_id} hit={hit} messageId={hit.message_id} /> : null))}
      {rest > 0 ? (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="ms-3 rounded-lg py-1 text-accent text-sm underline-offset-4 hover:underline"
        >
          {t("search.moreHits", { count: rest })}
        </button>
      ) : null}
    </article>
  );
}
