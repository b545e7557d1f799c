import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Drama, Plus, ScrollText, Search, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { Button, buttonLook } from "#shared/ui/button.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { type Item, itemsQuery, type Kind } from "./api.ts";

const BADGE = "rounded-md border border-line px-1.5 py-px text-soft text-xs";

function Badges({ item, onTag }: { item: Item; onTag: (tag: string) => void }) {
  const { t } = useTranslation();
  return (
    <span className="relative mt-2 flex flex-wrap items-center gap-1.5">
      {item.sharing === "private" ? null : (
        <span className={`${BADGE} inline-flex items-center gap-1`}>
          <Users aria-hidden="true" className="size-3" />
          {t(`library.share.${item.sharing}`)}
        </span>
      )}
      {"labels" in item
        ? item.labels.map((label) => (
            <span key={label.name} className={BADGE}>
              {label.name}
            </span>
          ))
        : null}
      {item.tags.map((tag) => (
        <button key={tag} type="button" onClick={() => onTag(tag)} className={`${BADGE} hover:bg-hover hover:text-ink`}>
          #{tag}
        </button>
      ))}
    </span>
  );
}

function ItemCard({ item, kind, onTag }: { item: Item; kind: Kind; onTag: (tag: string) => void }) {
  return (
    <li className="relative flex gap-3 rounded-card border border-line bg-card px-4 py-3 transition-colors hover:border-control">
      {"avatar" in item ? (
        <Portrait name={item.name} avatar={item.avatar} colour={speakerColour(item.colour, 0)} />
      ) : (
        <ScrollText aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-accent" strokeWidth={1.7} />
      )}
      <div className="min-w-0 flex-1">
        <h2 className="break-words font-medium">
          <Link
            to={kind === "prompts" ? "/library/prompts/$id" : "/library/personas/$id"}
            params={{ id: item.id }}
            className="after:absolute after:inset-0 after:rounded-card"
          >
            {item.name}
          </Link>
        </h2>
        {item.description ? <p className="break-words text-sm text-soft">{item.description}</p> : null}
        <Badges item={item} onTag={onTag} />
      </div>
    </li>
  );
}

function Nothing({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const Icon = kind === "prompts" ? ScrollText : Drama;
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-14 text-center">
      <Icon aria-hidden="true" className="size-9 text-accent" strokeWidth={1.5} />
      <p className="font-medium">{t(`library.empty.${kind}.title`)}</p>
      <p className="max-w-md text-sm text-soft">{t(`library.empty.${kind}.text`)}</p>
      <Link to={`/library/${kind}/$id`} params={{ id: "new" }} className={buttonLook("primary")}>
        <Plus aria-hidden="true" className="size-4" />
        {t(`library.new.${kind}`)}
      </Link>
    </div>
  );
}

/** Prompts or personas that one may use, found by words and labels. */
export function ItemList({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const [q, setQ] = useState("");
  const [tag, setTag] = useState("");
  const wanted = useSettled(q.trim(), 250);
  const list = useInfiniteQuery(itemsQuery(kind, wanted, tag));
  const items: Item[] = list.data?.pages.flatMap((page): Item[] => page.data) ?? [];
  if (list.isSuccess && items.length === 0 && !wanted && !tag) return <Nothing kind={kind} />;
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <label className="relative min-w-0 flex-1 basis-52">
          <span className="sr-only">{t("library.search")}</span>
          <Search aria-hidden="true" className="absolute start-3 top-3 size-4 text-faint" />
          <input
            type="search"
            value={q}
            placeholder={t("library.search")}
            onChange={(event) => setQ(event.target.value)}
            className="h-10 w-full rounded-xl border border-control bg-card ps-9 pe-3 text-sm focus-visible:border-accent"
          />
        </label>
        {tag ? <Button onClick={() => setTag("")}>{t("library.withoutTag", { tag })}</Button> : null}
        <Link to={`/library/${kind}/$id`} params={{ id: "new" }} className={buttonLook("primary", "h-10")}>
          <Plus aria-hidden="true" className="size-4" />
          {t(`library.new.${kind}`)}
        </Link>
      </div>
      {list.error && !list.data ? (
        <ProblemNote
          error={asApiError(list.error)}
          action={<Button onClick={() => void list.refetch()}>{t("app.retry")}</Button>}
        />
      ) : null}
      {list.isSuccess && items.length === 0 ? (
        <p className="py-8 text-center text-soft">{t("library.noneFound")}</p>
      ) : null}
      <ul className="grid gap-3 sm:grid-cols-2">
        {items.map((item) => (
          <ItemCard key={item.id} item={item} kind={kind} onTag={setTag} />
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button className="mx-auto flex" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("library.more")}
        </Button>
      ) : null}
    </>
  );
}
