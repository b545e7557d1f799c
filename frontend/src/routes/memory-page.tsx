import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { memorySettingsQuery } from "#features/memory/api.ts";
import { EntityGraph } from "#features/memory/entity-graph.tsx";
import { MemoryList } from "#features/memory/memory-list.tsx";
import { MemorySettings } from "#features/memory/memory-settings.tsx";
import { NamedMemories } from "#features/memory/named-memories.tsx";
import { useMemories } from "#features/memory/use-memories.ts";
import { asApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { ChatHeader } from "./chat-header.tsx";

/** What is remembered of the reader beyond a conversation, in their own hands. */
export function MemoryPage({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const settings = useQuery(memorySettingsQuery());
  const memories = useMemories();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <title>{`${t("memory.title")} · ${t("app.name")}`}</title>
      <ChatHeader title={null} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl space-y-5 px-4 pt-2 pb-16">
          <div className="px-1 pb-1">
            <h1 className="font-display text-[1.75rem] leading-tight tracking-[-0.01em]">{t("memory.title")}</h1>
            <p className="mt-1 text-soft">{t("memory.lead")}</p>
          </div>
          {settings.error && !settings.data ? (
            <ProblemNote
              error={asApiError(settings.error)}
              action={<Button onClick={() => void settings.refetch()}>{t("app.retry")}</Button>}
            />
          ) : null}
          {ids.length > 0 ? (
            <NamedMemories ids={ids} memories={memories} onAll={() => void navigate({ to: "/memory" })} />
          ) : null}
          {settings.data ? (
            <>
              <MemorySettings settings={settings.data} memories={memories} />
              <MemoryList memories={memories} />
              <EntityGraph />
              <div className="flex flex-wrap items-center justify-between gap-3 rounded-card border border-danger-line px-5 py-4">
                <p className="min-w-0 flex-1 basis-60 text-sm text-soft">{t("memory.allText")}</p>
                <Button look="danger" onClick={() => setAsking(true)}>
                  {t("memory.forgetAll")}
                </Button>
              </div>
            </>
          ) : null}
        </div>
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("memory.forgetAllTitle")}
        text={t("memory.forgetAllText")}
        action={t("memory.forgetAll")}
        onConfirm={() => memories.clear.mutate()}
      />
    </>
  );
}
