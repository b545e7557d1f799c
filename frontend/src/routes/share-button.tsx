import { Share2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { loadWords } from "#shared/i18n/i18n.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";

const ShareDialog = lazy(async () => {
  const [dialog] = await Promise.all([import("#features/sharing/share-dialog.tsx"), loadWords("shares")]);
  return { default: dialog.ShareDialog };
});

type ShareButtonProps = {
  conversationId: string;
  /** The end of the branch that is seen; without it, of the one that the server shows. */
  messageId: string | null;
};

/** Opens what shares a conversation; it is fetched when it is first wanted. */
export function ShareButton({ conversationId, messageId }: ShareButtonProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  return (
    <>
      <IconButton
        icon={Share2}
        label={t("chat.share")}
        aria-haspopup="dialog"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
      />
      {wanted ? (
        <Suspense>
          <ShareDialog
            key={conversationId}
            conversationId={conversationId}
            messageId={messageId}
            open={open}
            onOpenChange={setOpen}
          />
        </Suspense>
      ) : null}
    </>
  );
}
