import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ReceiptRead } from "#shared/api/schema.d.ts";
import { saveFile } from "#shared/lib/save-file.ts";
import { Button } from "#shared/ui/button.tsx";

/** A signed statement of what cannot be brought back; meant to be kept elsewhere. */
export function Receipt({ receipt, name }: { receipt: ReceiptRead; name: string }) {
  const { t } = useTranslation();
  return (
    <div className="space-y-3">
      <section
        // Longer than its place, it is moved by the keyboard, too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached.
        tabIndex={0}
        aria-label={t("admin.receipt.title")}
        className="max-h-60 overflow-auto rounded-xl border border-line bg-sunk p-3"
      >
        <pre dir="ltr" className="whitespace-pre-wrap break-all font-mono text-xs">
          {receipt.text}
        </pre>
      </section>
      <p className="text-faint text-xs">
        {t("admin.receipt.signed")} <code className="break-all font-mono">{receipt.key}</code>
      </p>
      <Button
        onClick={() => saveFile(new Blob([JSON.stringify(receipt, null, 2)], { type: "application/json" }), name)}
      >
        <Download aria-hidden="true" className="size-4" />
        {t("admin.receipt.save")}
      </Button>
    </div>
  );
}
