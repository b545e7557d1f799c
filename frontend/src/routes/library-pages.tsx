import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, MessageSquarePlus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { modelsQuery } from "#features/models/api.ts";
import { chatModels } from "#features/models/catalogue.ts";
import { ModelPicker } from "#features/models/model-picker.tsx";
import { beginChat, copyItem, deleteItem, type Item, type Kind, personaQuery } from "#features/prompts/api.ts";
import { ItemList } from "#features/prompts/item-list.tsx";
import { PersonaEditor } from "#features/prompts/persona-editor.tsx";
import { PromptEditor } from "#features/prompts/prompt-editor.tsx";
import { UseInChat } from "#features/prompts/use-in-chat.tsx";
import { useLibraryAct } from "#features/prompts/use-library-act.ts";
import { asApiError } from "#shared/api/errors.ts";
import { promptQuery } from "#shared/api/prompts.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { LibraryFrame } from "./library-frame.tsx";

const mayShare = (session: SessionRead) => session.permissions.includes("prompts:manage");

export function LibraryPage({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  return (
    <LibraryFrame title={t(`library.${kind}`)}>
      <p className="-mt-3 px-1 text-soft">{t(`library.lead.${kind}`)}</p>
      <ItemList key={kind} kind={kind} />
    </LibraryFrame>
  );
}

/** What one does with a whole prompt or persona: use it, copy it, delete it. */
function Deeds({ kind, item, children }: { kind: Kind; item: Item; children: ReactNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const copy = useLibraryAct(
    () => copyItem(kind, item.id),
    (made) => void navigate({ to: `/library/${kind}/$id`, params: { id: made.id } }),
  );
  const remove = useLibraryAct(
    () => deleteItem(kind, item.id),
    () => void navigate({ to: `/library/${kind}` }),
  );
  return (
    <div className="flex flex-wrap gap-2">
      {children}
      <Button disabled={copy.isPending} onClick={() => copy.mutate(undefined)}>
        <Copy aria-hidden="true" className="size-4" />
        {t("library.copy")}
      </Button>
      {item.editable ? (
        <Button look="quiet" onClick={() => setAsking(true)}>
          <Trash2 aria-hidden="true" className="size-4" />
          {t("library.delete")}
        </Button>
      ) : null}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("library.deleteTitle", { name: item.name })}
        text={t(`library.deleteText.${kind}`)}
        action={t("library.delete")}
        onConfirm={() => remove.mutate(undefined)}
      />
    </div>
  );
}

function useOpenChat() {
  const navigate = useNavigate();
  return (conversationId: string) => void navigate({ to: "/c/$conversationId", params: { conversationId } });
}

export function PromptPage({ id, session }: { id: string; session: SessionRead }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const open = useOpenChat();
  const isNew = id === "new";
  const found = useQuery({ ...promptQuery(id), enabled: !isNew });
  const prompt = found.data ?? null;
  return (
    <LibraryFrame title={isNew ? t("library.new.prompts") : (prompt?.name ?? t("library.prompts"))}>
      {found.error ? <ProblemNote error={asApiError(found.error)} /> : null}
      {prompt ? (
        <Deeds kind="prompts" item={prompt}>
          <UseInChat prompt={prompt} onBegun={open} />
        </Deeds>
      ) : null}
      {isNew || prompt ? (
        <PromptEditor
          key={id}
          prompt={prompt}
          mayShare={mayShare(session)}
          onMade={(made) => void navigate({ to: "/library/prompts/$id", params: { id: made }, replace: true })}
        />
      ) : null}
    </LibraryFrame>
  );
}

function usePersonaPicker() {
  const models = useQuery(modelsQuery());
  const chat = models.data ? chatModels(models.data) : [];
  return (selected: string | null, onPick: (model: string) => void) => (
    <ModelPicker
      models={chat}
      choice={{ id: selected, model: chat.find((model) => model.id === selected) ?? null }}
      onPick={(model) => onPick(model.id)}
    />
  );
}

export function PersonaPage({ id, session }: { id: string; session: SessionRead }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const open = useOpenChat();
  const picker = usePersonaPicker();
  const isNew = id === "new";
  const found = useQuery({ ...personaQuery(id), enabled: !isNew });
  const persona = found.data ?? null;
  const begin = useLibraryAct(
    () => beginChat({ persona_id: id }),
    (made) => open(made.id),
  );
  return (
    <LibraryFrame title={isNew ? t("library.new.personas") : (persona?.name ?? t("library.personas"))}>
      {found.error ? <ProblemNote error={asApiError(found.error)} /> : null}
      {persona ? (
        <Deeds kind="personas" item={persona}>
          <Button disabled={begin.isPending} onClick={() => begin.mutate(undefined)}>
            <MessageSquarePlus aria-hidden="true" className="size-4" />
            {t("library.talk")}
          </Button>
        </Deeds>
      ) : null}
      {isNew || persona ? (
        <PersonaEditor
          key={id}
          persona={persona}
          mayShare={mayShare(session)}
          picker={picker}
          onMade={(made) => void navigate({ to: "/library/personas/$id", params: { id: made }, replace: true })}
        />
      ) : null}
    </LibraryFrame>
  );
}
