import { useTranslation } from "react-i18next";
import { useBrand } from "#shared/lib/brand.ts";

/** What the app is called here: the organisation's own name for it, or Chimera. */
export function AppName() {
  const { t } = useTranslation();
  const { name } = useBrand();
  return name || t("app.name");
}
