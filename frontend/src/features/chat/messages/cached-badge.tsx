import { Zap } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { useMessageActions } from "./message-actions.ts";

const HOW = { exact: "cache.exact", semantic: "cache.semantic", joined: "cache.joined" } as const;

function isKnown(cache: string | null): cache is keyof typeof HOW {
  return cache !== null && cache in HOW;
}

/** Says that no model was asked for this answer, and has one asked. */
export function CachedBadge({ message }: { message: PlacedMessage }) {
  const { t } = useTranslation();
  const { again, idle } = useMessageActions();
  if (!isKnown(message.cache)) return null;
  return (
    <span className="inline-flex items-center gap-1.5 rounded-lg bg-accent-wash px-2 py-0.5 text-accent">
      <Zap aria-hidden="true" className="size-3.5" />
      <span title={t(HOW[message.cache])}>{t("cache.badge")}</span>
      {idle && message.siblings ? (
        <button type="button" onClick={() => again(message)} className="underline underline-offset-2">
          {t("cache.again")}
        </button>
      ) : null}
    </span>
  );
}
