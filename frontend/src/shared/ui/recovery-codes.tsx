import { Copy, Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { copyText } from "#shared/lib/clipboard.ts";
import { Button, buttonLook } from "./button.tsx";
import { useToast } from "./toasts.tsx";

/** Recovery codes, this once: to be copied, downloaded or written down. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation();
  const toast = useToast();
  const text = `${codes.join("\n")}\n`;
  const copy = async () => {
    if (await copyText(text)) toast(t("chat.copied"));
    else toast(t("chat.copyFailed"), "bad");
  };
  return (
    <div className="space-y-4 text-sm">
      <p className="text-soft">{t("recovery.lead")}</p>
      <ul
        aria-label={t("recovery.title")}
        dir="ltr"
        className="grid grid-cols-[repeat(auto-fit,minmax(9.75rem,1fr))] gap-x-4 gap-y-1.5 rounded-xl border border-line bg-sunk px-4 py-3 font-mono text-[0.8125rem]"
      >
        {codes.map((code) => (
          <li key={code} className="select-all whitespace-nowrap">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void copy()}>
          <Copy aria-hidden="true" className="size-4" />
          {t("recovery.copy")}
        </Button>
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="chimera-recovery-codes.txt"
          className={buttonLook("plain")}
        >
          <Download aria-hidden="true" className="size-4" />
          {t("recovery.download")}
        </a>
      </div>
    </div>
  );
}
