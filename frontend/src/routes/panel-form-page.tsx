import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { readDraft, writeDraft } from "#features/chat/composer/drafts.ts";
import { conversationQuery, deleteConversation } from "#features/chat/turns/api.ts";
import { NEW_CHAT } from "#features/chat/turns/live-turns.ts";
import { modelsQuery } from "#features/models/api.ts";
import { choose } from "#features/models/catalogue.ts";
import { ModelPicker } from "#features/models/model-picker.tsx";
import { createConversation, panelQuery, putPanel, type StagedPanelRead } from "#features/panels/api.ts";
import { bodyOf, draftOf, emptyDraft, type PanelDraft } from "#features/panels/form/panel-draft.ts";
import { PanelForm } from "#features/panels/form/panel-form.tsx";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import { personasQuery } from "#shared/api/personas.ts";
import type { ModelList, ModelRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { ChatHeader } from "./chat-header.tsx";

/** Takes what was being written in the new chat along. */
function moveDraft(to: string): void {
  writeDraft(to, readDraft(NEW_CHAT));
  writeDraft(NEW_CHAT, { text: "", images: [] });
}

function usePutting(conversationId: string | null, open: (id: string) => Promise<void>) {
  const client = useQueryClient();
  // Made for a panel that was refused then: the next try is about the same.
  const made = useRef<string | null>(null);
  const putting = useMutation({
    mutationFn: async (draft: PanelDraft) => {
      made.current ??= conversationId ?? (await createConversation()).id;
      await putPanel(made.current, bodyOf(draft));
      return made.current;
    },
    onSuccess: async (id) => {
      if (conversationId === null) moveDraft(id);
      client.removeQueries({ queryKey: keys.panel(id) });
      await client.invalidateQueries({ queryKey: keys.conversation(id) });
      // Known as a panel before it is shown: else the chat's field would stand there for a moment, and take words.
      await client.prefetchQuery(conversationQuery(id));
      void client.invalidateQueries({ queryKey: keys.conversations });
      await open(id);
    },
  });
  return {
    ...putting,
    /** Leaves no conversation behind that only a refused panel was for. */
    giveUp: () => {
      if (conversationId === null && made.current) void deleteConversation(made.current).catch(() => undefined);
    },
  };
}

type SeatPickerProps = { models: readonly ModelRead[]; selected: string | null; onPick: (model: string) => void };

function SeatPicker({ models, selected, onPick }: SeatPickerProps) {
  const model = models.find((one) => one.id === selected) ?? null;
  return <ModelPicker models={models} choice={{ id: selected, model }} onPick={(picked) => onPick(picked.id)} />;
}

function isMissing(error: unknown): boolean {
  return error !== null && asApiError(error).status === 404;
}

/** What a panel is put together of. Where it is not known what there is, none is offered that would take its place. */
function useMaterial(conversationId: string | null) {
  const models = useQuery(modelsQuery());
  // Asked for beside the others; the form reads them.
  const personas = useQuery(personasQuery());
  const known = useQuery({ ...panelQuery(conversationId ?? ""), enabled: conversationId !== null, retry: false });
  const failed = [models, known].find((one) => one.error && !one.data && !isMissing(one.error));
  return { models: models.data, panel: known.data ?? null, failed, isReady: !personas.isPending && !known.isLoading };
}

function isForChat(model: ModelRead): boolean {
  return model.kind === "chat";
}

type MakingProps = { conversationId: string | null; models: ModelList; panel: StagedPanelRead | null };

function Making({ conversationId, models, panel }: MakingProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const personas = useQuery(personasQuery());
  const open = (id: string) => navigate({ to: "/c/$conversationId", params: { conversationId: id } });
  const put = usePutting(conversationId, open);
  const chatModels = models.data.filter(isForChat);
  const leave = () => {
    put.giveUp();
    return conversationId ? open(conversationId) : navigate({ to: "/" });
  };
  return (
    <PanelForm
      initial={panel ? draftOf(panel) : emptyDraft(firstModels(models))}
      personas={personas.data ?? []}
      picker={(selected, onPick) => <SeatPicker models={chatModels} selected={selected} onPick={onPick} />}
      submit={t(panel ? "panels.save" : "panels.begin")}
      busy={put.isPending}
      error={put.error ? asApiError(put.error) : null}
      onSubmit={put.mutate}
      onCancel={() => void leave()}
    />
  );
}

/** Begins a panel, makes one of a conversation, or changes the one that it has. */
export function PanelFormPage({ conversationId }: { conversationId: string | null }) {
  const { t } = useTranslation();
  const { models, panel, failed, isReady } = useMaterial(conversationId);
  const title = panel ? t("panels.changeTitle") : t("panels.newTitle");
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <ChatHeader title={null} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-4xl px-4 pt-2">
          <div className="pb-6">
            <h1 className="font-display text-[1.75rem] leading-tight tracking-[-0.01em]">{title}</h1>
            <p className="mt-1 text-soft">{t(conversationId && !panel ? "panels.turnLead" : "panels.lead")}</p>
          </div>
          {failed ? (
            <ProblemNote
              error={asApiError(failed.error)}
              action={<Button onClick={() => void failed.refetch()}>{t("app.retry")}</Button>}
            />
          ) : isReady && models ? (
            <Making conversationId={conversationId} models={models} panel={panel} />
          ) : (
            <p role="status" aria-busy="true" className="animate-late text-soft text-sm">
              {t("app.loading")}
            </p>
          )}
        </div>
      </div>
    </>
  );
}

/** The default model, and others of other makers: a panel of one voice is none. */
function firstModels(list: ModelList): string[] {
  const chat = list.data.filter((model) => isForChat(model) && model.id !== "auto");
  const first = choose(list, null, null).model;
  const others = chat.filter((model) => model.id !== first?.id);
  const ordered = first ? [first, ...others] : others;
  const seen = new Set<string>();
  const fresh = ordered.filter((model) => !seen.has(model.provider) && seen.add(model.provider));
  return [...fresh, ...ordered.filter((model) => !fresh.includes(model))].slice(0, 3).map((model) => model.id);
}
