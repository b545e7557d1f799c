import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { type MemoryRead, namedMemoriesQuery } from "./api.ts";
import { MemoryForm } from "./memory-form.tsx";
import { MemoryItem } from "./memory-item.tsx";
import type { Memories } from "./use-memories.ts";

type NamedMemoriesProps = { ids: readonly string[]; memories: Memories; onAll: () => void };

/** Those that one answer was shown. */
export function NamedMemories({ ids, memories, onAll }: NamedMemoriesProps) {
  const { t } = useTranslation();
  const named = useQuery(namedMemoriesQuery(ids));
  const [edited, setEdited] = useState<MemoryRead | null>(null);
  return (
    <section aria-labelledby="memory-named" className="rounded-card border border-accent bg-accent-wash px-5 py-4">
      <div className="flex flex-wrap items-center gap-3">
        <h2 id="memory-named" className="flex-1 font-semibold">
          {t("memory.shown")}
        </h2>
        <Button onClick={onAll}>{t("memory.showAll")}</Button>
      </div>
      {named.data?.length === 0 ? <p className="mt-2 text-soft">{t("memory.shownGone")}</p> : null}
      <ul>
        {named.data?.map((memory) => (
          <MemoryItem
            key={memory.id}
            memory={memory}
            onChange={() => setEdited(memory)}
            onEnd={(until) => memories.end.mutate({ id: memory.id, until })}
            onForget={() => memories.forget.mutate(memory.id)}
          />
        ))}
      </ul>
      <MemoryForm
        memory={edited}
        open={edited !== null}
        onOpenChange={(open) => !open && setEdited(null)}
        onSave={async (statement, kind) => edited && memories.change.mutateAsync({ id: edited.id, statement, kind })}
      />
    </section>
  );
}
