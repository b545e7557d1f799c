import { useInfiniteQuery } from "@tanstack/react-query";
import { Brain, Plus, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { type Kind, type MemoryRead, memoriesQuery, type Wanted } from "./api.ts";
import { KINDS } from "./kinds.ts";
import { MemoryForm } from "./memory-form.tsx";
import { MemoryItem } from "./memory-item.tsx";
import type { Memories } from "./use-memories.ts";

const FIELD = "h-10 rounded-xl border border-control bg-card px-3 text-sm focus-visible:border-accent";

function Nothing({ searched, onWrite }: { searched: boolean; onWrite: () => void }) {
  const { t } = useTranslation();
  if (searched) return <p className="px-1 py-8 text-center text-soft">{t("memory.noneFound")}</p>;
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-12 text-center">
      <Brain aria-hidden="true" className="size-8 text-accent" strokeWidth={1.5} />
      <p className="font-medium">{t("memory.none")}</p>
      <p className="max-w-md text-sm text-soft">{t("memory.noneText")}</p>
      <Button look="primary" onClick={onWrite}>
        <Plus aria-hidden="true" className="size-4" />
        {t("memory.write")}
      </Button>
    </div>
  );
}

type FiltersProps = { wanted: Wanted; onChange: (change: Partial<Wanted>) => void; onWrite: () => void };

function Filters({ wanted, onChange, onWrite }: FiltersProps) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label className="relative min-w-0 flex-1 basis-full sm:basis-44">
        <span className="sr-only">{t("memory.search")}</span>
        <Search aria-hidden="true" className="absolute start-3 top-3 size-4 text-faint" />
        <input
          type="search"
          value={wanted.q}
          maxLength={200}
          placeholder={t("memory.search")}
          onChange={(event) => onChange({ q: event.target.value })}
          className={`${FIELD} w-full ps-9`}
        />
      </label>
      <select
        aria-label={t("memory.kindLabel")}
        value={wanted.kind}
        onChange={(event) => onChange({ kind: event.target.value as Kind | "" })}
        className={FIELD}
      >
        <option value="">{t("memory.kindAll")}</option>
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`memory.kind.${kind}`)}
          </option>
        ))}
      </select>
      <label className="flex h-10 items-center gap-2 text-sm text-soft">
        <input
          type="checkbox"
          checked={wanted.over}
          onChange={(event) => onChange({ over: event.target.checked })}
          className="size-4 accent-accent"
        />
        {t("memory.alsoOver")}
      </label>
      <Button onClick={onWrite} className="h-10">
        <Plus aria-hidden="true" className="size-4" />
        {t("memory.write")}
      </Button>
    </div>
  );
}

/** All that is remembered, to be searched, changed, ended and forgotten. */
export function MemoryList({ memories }: { memories: Memories }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<Wanted>({ q: "", kind: "", over: false });
  const q = useSettled(wanted.q.trim(), 250);
  const list = useInfiniteQuery(memoriesQuery({ ...wanted, q }));
  const [edited, setEdited] = useState<MemoryRead | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [doomed, setDoomed] = useState<MemoryRead | null>(null);
  const found = list.data?.pages.flatMap((page) => page.data) ?? [];
  const edit = (memory: MemoryRead | null) => {
    setEdited(memory);
    setOpen(true);
  };
  const save = (statement: string, kind: Kind | null) =>
    edited
      ? memories.change.mutateAsync({ id: edited.id, statement, kind })
      : memories.write.mutateAsync({ statement, kind });
  const isPlain = q === "" && wanted.kind === "" && !wanted.over;
  return (
    <>
      <Filters wanted={wanted} onChange={(change) => setWanted({ ...wanted, ...change })} onWrite={() => edit(null)} />
      {list.error && !list.data ? (
        <ProblemNote
          error={asApiError(list.error)}
          action={<Button onClick={() => void list.refetch()}>{t("app.retry")}</Button>}
        />
      ) : null}
      {list.isSuccess && found.length === 0 ? <Nothing searched={!isPlain} onWrite={() => edit(null)} /> : null}
      <ul aria-label={t("memory.list")} className="rounded-card empty:hidden">
        {found.map((memory) => (
          <MemoryItem
            key={memory.id}
            memory={memory}
            onChange={() => edit(memory)}
            onEnd={(until) => memories.end.mutate({ id: memory.id, until })}
            onForget={() => setDoomed(memory)}
          />
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button className="mx-auto flex" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("memory.more")}
        </Button>
      ) : null}
      <MemoryForm memory={edited} open={isOpen} onOpenChange={setOpen} onSave={save} />
      <Confirm
        open={doomed !== null}
        onOpenChange={(open) => !open && setDoomed(null)}
        title={t("memory.forgetTitle")}
        text={t("memory.forgetText", { statement: doomed?.statement ?? "" })}
        action={t("memory.forget")}
        onConfirm={() => doomed && memories.forget.mutate(doomed.id)}
      />
    </>
  );
}
