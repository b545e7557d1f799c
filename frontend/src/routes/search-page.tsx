import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { flattened, folderTree } from "#features/conversations/folder-tree.ts";
import { foldersQuery, tagsQuery } from "#features/conversations/folders-api.ts";
import { modelsQuery } from "#features/models/api.ts";
import { chatModels } from "#features/models/catalogue.ts";
import { type Asked, askedOf } from "#features/search/asked.ts";
import { Results } from "#features/search/results.tsx";
import { SearchForm } from "#features/search/search-form.tsx";
import { useSettled } from "#shared/lib/use-settled.ts";
import { ChatHeader } from "./chat-header.tsx";

/** All that was said, asked, answered and called conversations, searched over every branch. */
export function SearchPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const asked = askedOf(useSearch({ strict: false }));
  // Written here first: an address that follows every key would lag behind fast writers.
  const [wished, setWished] = useState(asked);
  const [known, setKnown] = useState(asked);
  if (JSON.stringify(known) !== JSON.stringify(asked)) {
    setKnown(asked);
    // Whoever goes back, or searches from elsewhere, changes what stands in the form.
    if ((asked.q ?? "") !== (wished.q ?? "").trim()) setWished(asked);
  }
  const settled = useSettled(wished, 150);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { data: folders = [] } = useQuery(foldersQuery());
  const { data: tags = [] } = useQuery(tagsQuery());
  const { data: models } = useQuery(modelsQuery());
  const ask = (next: Asked) => {
    setWished(next);
    const search = askedOf({ ...next, q: next.q?.trim() });
    setKnown(search);
    void navigate({ to: "/search", search, replace: true });
  };
  const options = {
    folders: flattened(folderTree(folders)).map(({ folder, path }) => ({ value: folder.id, label: path })),
    tags: tags.map((tag) => tag.name),
    models: (models ? chatModels(models) : []).map((model) => ({ value: model.id, label: model.id })),
  };
  return (
    <>
      <title>{`${asked.q ? `${asked.q} · ` : ""}${t("places.search")} · ${t("app.name")}`}</title>
      <ChatHeader title={null} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl px-4 pb-16">
          <h1 className="mb-4 px-1 font-display text-[1.75rem] leading-tight tracking-[-0.01em]">
            {t("search.title")}
          </h1>
          <SearchForm
            asked={wished}
            options={options}
            field={field}
            onAsk={ask}
            onDown={() => list.current?.querySelector<HTMLElement>("[data-hit]")?.focus()}
          />
          <div className="mt-3">
            <Results asked={settled} list={list} onUp={() => field.current?.focus()} />
          </div>
        </div>
      </div>
    </>
  );
}
