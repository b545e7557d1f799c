import { useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "#shared/lib/clipboard.ts";
import { IconButton } from "./icon-button.tsx";
import { useToast } from "./toasts.tsx";

/** Copies text to the clipboard and says so. */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) {
      toast(t("chat.copyFailed"), "bad");
      return;
    }
    setDone(true);
    window.setTimeout(() => setDone(false), 1800);
  };
  return (
    <IconButton
      icon={done ? "check" : "copy"}
      label={done ? t("chat.copied") : label}
      size="small"
      {...(className ? { className } : {})}
      onClick={() => void copy()}
    />
  );
}
