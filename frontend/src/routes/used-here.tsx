import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ScrollText, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { patchConversation } from "#features/chat/turns/api.ts";
import { keys } from "#shared/api/keys.ts";
import { promptQuery } from "#shared/api/prompts.ts";
import type { ConversationRead } from "#shared/api/types.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";

const CHIP = "flex h-8 max-w-full items-center gap-2 rounded-full border border-line bg-card ps-1 text-sm";

function UsedPrompt({ conversationId, promptId }: { conversationId: string; promptId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const prompt = useQuery({ ...promptQuery(promptId), retry: false });
  const remove = useMutation({
    mutationFn: () => patchConversation(conversationId, { prompt: null }),
    onSuccess: (kept) => client.setQueryData(keys.conversation(conversationId), kept),
  });
  return (
    <li className={CHIP}>
      <ScrollText aria-hidden="true" className="ms-2 size-4 shrink-0 text-accent" />
      <Link to="/library/prompts/$id" params={{ id: promptId }} className="truncate hover:underline">
        {prompt.data?.name ?? (prompt.error ? t("own.promptGone") : "…")}
      </Link>
      <IconButton
        icon={X}
        size="small"
        label={t("own.withoutPrompt")}
        disabled={remove.isPending}
        onClick={() => remove.mutate()}
        className="me-0.5"
      />
    </li>
  );
}

/** What of the library is used in a conversation, above its composer. */
export function UsedHere({ conversation }: { conversation: ConversationRead | undefined }) {
  const { t } = useTranslation();
  const persona = conversation?.persona;
  if (!conversation || (!persona && !conversation.prompt)) return null;
  return (
    <ul aria-label={t("own.used")} className="flex flex-wrap gap-2">
      {persona ? (
        <li className={`${CHIP} pe-3`}>
          <Portrait
            name={persona.name}
            avatar={persona.avatar}
            colour={speakerColour(persona.colour, 0)}
            size="small"
          />
          <Link to="/library/personas/$id" params={{ id: persona.id }} className="truncate hover:underline">
            {t("own.personaVersion", { name: persona.name, version: persona.version })}
          </Link>
        </li>
      ) : null}
      {conversation.prompt ? <UsedPrompt conversationId={conversation.id} promptId={conversation.prompt.id} /> : null}
    </ul>
  );
}
