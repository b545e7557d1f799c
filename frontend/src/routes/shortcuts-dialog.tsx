import { useTranslation } from "react-i18next";
import { modKey } from "#shared/lib/platform.ts";
import { Dialog } from "#shared/ui/dialog.tsx";

const SHORTCUTS = [
  { what: "send", keys: ["Enter"] },
  { what: "newline", keys: ["Shift", "Enter"] },
  { what: "stop", keys: ["Esc"] },
  { what: "search", keys: ["mod", "K"] },
  { what: "newChat", keys: ["mod", "Shift", "O"] },
  { what: "help", keys: ["?"] },
] as const;

export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("shortcuts.title")} lead={t("shortcuts.lead")}>
      <dl className="mt-4">
        {SHORTCUTS.map(({ what, keys }) => (
          <div key={what} className="flex items-center justify-between gap-4 border-line border-t py-2.5 text-sm">
            <dt>{t(`shortcuts.${what}`)}</dt>
            <dd className="flex gap-1" dir="ltr">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="rounded-md border border-line bg-sunk px-1.5 py-0.5 font-sans text-soft text-xs"
                >
                  {key === "mod" ? modKey() : key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
