import { useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";

export type ChatSearch = {
  /** A message of the branch that is shown. */
  leaf?: string;
  /** The question whose answers are shown side by side. */
  compare?: string;
};

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
}

/** What of an address the chat understands. */
export function chatSearch({ leaf, compare }: Record<string, unknown>): ChatSearch {
  return { ...(isId(leaf) ? { leaf } : {}), ...(isId(compare) ? { compare } : {}) };
}

/** Where the reader is: the conversation, its branch, and whether answers stand side by side. */
export function useChatAddress() {
  const navigate = useNavigate();
  const conversationId = useParams({ strict: false }).conversationId ?? null;
  // Behind #, where a search leads to.
  const target = useLocation({ select: ({ hash }) => /^m-([\da-f-]{36})$/i.exec(hash)?.[1] ?? null });
  const { leaf, compare } = chatSearch(useSearch({ strict: false }));

  const change = (next: { leaf?: string | null; compare?: string | null }) => {
    // Whoever has gone elsewhere meanwhile stays there.
    if (!conversationId || window.location.pathname !== `/c/${conversationId}`) return;
    void navigate({
      to: "/c/$conversationId",
      params: { conversationId },
      search: (known: Record<string, unknown>) => chatSearch({ ...known, ...next }),
      replace: true,
    });
  };
  return {
    conversationId,
    leaf: leaf ?? null,
    compare: compare ?? null,
    target,
    showBranch: (messageId: string | null) => change({ leaf: messageId }),
    showSideBySide: (questionId: string | null) => change({ compare: questionId }),
    open: (id: string, search: ChatSearch = {}) =>
      navigate({ to: "/c/$conversationId", params: { conversationId: id }, search }),
  };
}
