import { useTranslation } from "react-i18next";
import { Badge } from "#features/admin/parts/badge.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";

/** When a credential ends; that it has, where it has. */
export function Ends({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!at) return t("adminAccess.never");
  if (Date.parse(at) < Date.now()) return <Badge tone="bad">{t("adminAccess.ended")}</Badge>;
  return format.moment(at);
}
