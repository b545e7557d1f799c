import { Link } from "@tanstack/react-router";
import { Printer } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConversationRead } from "#shared/api/types.ts";
import { buttonLook } from "#shared/ui/button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { ExportFields } from "./export-fields.tsx";

type ExportDialogProps = { those: readonly ConversationRead[]; onClose: () => void };

/** One conversation or several as a file; one also on paper, or as PDF by way of it. */
export function ExportDialog({ those, onClose }: ExportDialogProps) {
  const { t } = useTranslation();
  const [one] = those;
  const lead =
    those.length === 1
      ? t("exchange.leadOne", { title: one?.title || t("sidebar.untitled") })
      : t("exchange.leadMany", { count: those.length });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("exchange.exportTitle")} lead={lead}>
      <ExportFields
        ids={those.map((conversation) => conversation.id)}
        onBegun={onClose}
        beside={
          one && those.length === 1 ? (
            <Link
              to="/c/$conversationId/print"
              params={{ conversationId: one.id }}
              target="_blank"
              onClick={onClose}
              className={buttonLook("plain")}
            >
              <Printer aria-hidden="true" className="size-4" />
              {t("exchange.print")}
            </Link>
          ) : null
        }
      />
    </Dialog>
  );
}
