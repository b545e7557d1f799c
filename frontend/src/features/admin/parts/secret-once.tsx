import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { CopyButton } from "#shared/ui/copy-button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";

type SecretOnceProps = { secret: string | null; title: string; onClose: () => void };

/** A secret that the server shows this once. */
export function SecretOnce({ secret, title, onClose }: SecretOnceProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={secret !== null}
      onOpenChange={(open) => !open && onClose()}
      title={title}
      lead={t("admin.secret.lead")}
    >
      <CopyLine text={secret ?? ""} label={t("admin.secret.copy")} className="mt-4" />
      <Button look="primary" className="mt-5 h-11 w-full" onClick={onClose}>
        {t("admin.secret.kept")}
      </Button>
    </Dialog>
  );
}

/** A text that is meant to be taken elsewhere. */
export function CopyLine({ text, label, className }: { text: string; label: string; className?: string }) {
  return (
    <div
      className={`flex items-center gap-2 rounded-xl border border-bronze-line bg-bronze-wash py-1.5 ps-3 pe-1.5 ${className ?? ""}`}
    >
      <code dir="ltr" className="min-w-0 flex-1 select-all break-all font-mono text-[0.8125rem]">
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
