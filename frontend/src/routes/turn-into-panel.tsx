import { Link, useParams } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useConversationWithPanel } from "./use-conversation-with-panel.ts";

/** From a conversation with one model to one with several. */
export function TurnIntoPanel() {
  const { t } = useTranslation();
  const { conversationId } = useParams({ strict: false });
  const panel = useConversationWithPanel(conversationId);
  if (!conversationId || panel) return null;
  return (
    <Link
      to="/c/$conversationId/panel"
      params={{ conversationId }}
      title={t("panel.turnInto")}
      aria-label={t("panel.turnInto")}
      className="grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:bg-hover hover:text-ink"
    >
      <Users aria-hidden="true" className="size-[18px]" strokeWidth={1.9} />
    </Link>
  );
}
