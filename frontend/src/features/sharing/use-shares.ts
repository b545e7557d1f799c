import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "#shared/api/keys.ts";
import { copyText } from "#shared/lib/clipboard.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { linkOf, listShares, makeShare, policyQuery } from "./api.ts";
import { bodyOf, type Wanted } from "./wanted.ts";

/** Links to a conversation: those there are, and making them. */
export function useShares(conversationId: string, messageId: string | null, enabled: boolean) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  // Asked anew whenever the dialog is opened: others open links, and administrators decide.
  const fresh = { enabled, staleTime: 0 };
  const policy = useQuery({ ...policyQuery(), ...fresh });
  const shares = useQuery({
    ...fresh,
    queryKey: keys.shares(conversationId),
    queryFn: ({ signal }) => listShares(conversationId, signal),
  });
  const changed = () => client.invalidateQueries({ queryKey: keys.allShares });

  const make = useMutation({
    mutationFn: (wanted: Wanted) => makeShare(conversationId, { ...bodyOf(wanted, Date.now()), message_id: messageId }),
    onSuccess: async (share) => {
      await changed();
      const copied = share.path !== null && (await copyText(linkOf(share.path)));
      toast(t(copied ? "shares.made" : "shares.madeNotCopied"));
    },
  });
  return { policy: policy.data?.policy, shares: shares.data?.data, broken: policy.error ?? shares.error, make };
}
