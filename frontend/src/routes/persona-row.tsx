import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { beginChat } from "#features/prompts/api.ts";
import { personasQuery } from "#shared/api/personas.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { Portrait } from "#shared/ui/portrait.tsx";
import { useToast } from "#shared/ui/toasts.tsx";

const MOST = 6;

/** Personas to talk to, in the new chat; nothing where there are none. */
export function PersonaRow() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toast = useToast();
  const personas = useQuery(personasQuery());
  const begin = useMutation({
    mutationFn: (id: string) => beginChat({ persona_id: id }),
    onSuccess: (made) => navigate({ to: "/c/$conversationId", params: { conversationId: made.id } }),
    onError: () => toast(t("own.personaFailed"), "bad"),
  });
  if (!personas.data || personas.data.length === 0) return null;
  return (
    <ul aria-label={t("own.personas")} className="flex flex-wrap justify-center gap-2">
      {personas.data.slice(0, MOST).map((one, place) => (
        <li key={one.id}>
          <button
            type="button"
            disabled={begin.isPending}
            onClick={() => begin.mutate(one.id)}
            className="flex items-center gap-2 rounded-full border border-line py-1 ps-1 pe-3.5 font-medium text-sm transition-colors hover:border-control hover:bg-card"
          >
            <Portrait name={one.name} avatar={one.avatar} colour={speakerColour(one.colour, place)} size="small" />
            {one.name}
          </button>
        </li>
      ))}
    </ul>
  );
}
