import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import { useToast } from "#shared/ui/toasts.tsx";
import { useExplained } from "#shared/ui/use-explained.ts";
import { endShareAt, revokeShare, type Share } from "./api.ts";
import { useMoment } from "./use-moment.ts";

export type LinkChanges = ReturnType<typeof useLinkChanges>;

/** Has links end at another time, or at once. */
export function useLinkChanges() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const explained = useExplained();
  const moment = useMoment();
  const shared = {
    onError: (error: unknown) => toast(explained(asApiError(error)).text, "bad"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.allShares }),
  };
  const revoke = useMutation({ mutationFn: revokeShare, onSuccess: () => toast(t("shares.revoked")), ...shared });
  const end = useMutation({
    mutationFn: ({ share, at }: { share: Share; at: string }) => endShareAt(share, at),
    onSuccess: (share) => toast(t("shares.endsAt", { date: moment(share.open_until ?? share.expires_at) })),
    ...shared,
  });
  return { revoke, end };
}
