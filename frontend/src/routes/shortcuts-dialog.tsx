import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SHORTCUTS, useBindings } from "#shared/lib/shortcuts.ts";
import { Dialog } from "#shared/ui/dialog.tsx";
import { Keys } from "#shared/ui/keys.tsx";

const OF_THE_CHAT = [
  { what: "send", keys: "Enter" },
  { what: "newline", keys: "shift+Enter" },
  { what: "stop", keys: "escape" },
] as const;

/** All that keys do, by those that are bound now. */
export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation();
  const bound = useBindings();
  const rows = [...OF_THE_CHAT, ...SHORTCUTS.map((what) => ({ what, keys: bound[what] }))].filter(({ keys }) => keys);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("shortcuts.title")} lead={t("shortcuts.lead")}>
      <dl className="mt-4">
        {rows.map(({ what, keys }) => (
          <div key={what} className="flex items-center justify-between gap-4 border-line border-t py-2.5 text-sm">
            <dt>{t(`shortcuts.${what}`)}</dt>
            <dd>
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-sm">
        <Link
          to="/settings/shortcuts"
          onClick={() => onOpenChange(false)}
          className="text-accent underline-offset-4 hover:underline"
        >
          {t("shortcuts.change")}
        </Link>
      </p>
    </Dialog>
  );
}
