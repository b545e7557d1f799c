import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { Dialog } from "#shared/ui/dialog.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { LinkList } from "./link-list.tsx";
import { ShareForm } from "./share-form.tsx";
import { useLinkChanges } from "./use-link-changes.ts";
import { useShares } from "./use-shares.ts";

type ShareDialogProps = {
  conversationId: string;
  messageId: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Makes links to a conversation, and shows and revokes those there are. */
export function ShareDialog({ conversationId, messageId, open, onOpenChange }: ShareDialogProps) {
  const { t } = useTranslation();
  const { policy, shares, broken, make } = useShares(conversationId, messageId, open);
  const changes = useLinkChanges();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("shares.title")} lead={t("shares.lead")}>
      {broken ? <ProblemNote error={asApiError(broken)} className="mt-4" /> : null}
      {policy?.audience === "off" ? (
        <p className="mt-4 rounded-xl bg-bronze-wash px-3.5 py-2.5 text-sm">{t("shares.off")}</p>
      ) : null}
      {policy && policy.audience !== "off" ? <ShareForm policy={policy} make={make} /> : null}
      {shares ? <LinkList shares={shares} longest={policy?.longest_days ?? null} changes={changes} /> : null}
    </Dialog>
  );
}
