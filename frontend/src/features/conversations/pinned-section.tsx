import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { conversationsQuery } from "./api.ts";
import { ConversationItem } from "./conversation-item.tsx";

/** What stands above all others. */
export function PinnedSection() {
  const { t } = useTranslation();
  const list = useInfiniteQuery(conversationsQuery({ pinned: true }));
  const held = (list.data?.pages ?? []).flatMap((page) => page.data).filter((one) => one.pinned && !one.archived);
  if (held.length === 0) return null;
  return (
    <section aria-label={t("shelf.pinned")} className="mb-4">
      <h2 className="px-3 pt-1 pb-1 font-medium text-faint text-xs">{t("shelf.pinned")}</h2>
      <ul>
        {held.map((conversation) => (
          <li key={conversation.id}>
            <ConversationItem conversation={conversation} />
          </li>
        ))}
      </ul>
    </section>
  );
}
