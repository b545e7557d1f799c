import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Wind } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConversationRead } from "#shared/api/types.ts";
import { useFigures } from "#shared/lib/use-figures.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { lifeQuery } from "./api.ts";
import { WhatIsLeft } from "./what-is-left.tsx";

/** In place of the messages of a conversation whose words were deleted: when, why, and what is left. */
export function RetiredNote({ conversation }: { conversation: ConversationRead }) {
  const { t } = useTranslation();
  const { day } = useFigures();
  const { data: life } = useQuery(lifeQuery(conversation.id));
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full w-full max-w-md flex-col items-center justify-center gap-5 px-5 py-10 text-center">
        <Wind aria-hidden="true" className="size-9 text-faint" strokeWidth={1.5} />
        <h2 className="font-display text-2xl">{t("life.retiredTitle")}</h2>
        <p className="text-soft">{t("life.retiredText", { date: day(conversation.state_since) })}</p>
        {life?.held ? <p className="text-bronze text-sm">{t("life.heldRetired")}</p> : null}
        {life?.retired ? (
          <section
            aria-label={t("life.left.title")}
            className="w-full rounded-card border border-line bg-card px-5 py-2"
          >
            <WhatIsLeft left={life.retired} />
          </section>
        ) : null}
        <p className="text-faint text-sm">{t("life.retiredStays")}</p>
        <Link to="/" className={buttonLook("primary", "h-10")}>
          {t("sidebar.newChat")}
        </Link>
      </div>
    </div>
  );
}
