import { FlaskConical, PlugZap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SetupHelp, type SetupHelpProps } from "./setup-help.tsx";

/** An honest word about the tiny model that comes with the product. */
export function DemonstrationNotice({ permissions }: SetupHelpProps) {
  const { t } = useTranslation();
  return (
    <aside
      aria-label={t("demo.title")}
      className="flex gap-3.5 rounded-card border border-bronze-line bg-bronze-wash px-4 py-3.5 text-sm"
    >
      <FlaskConical aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-bronze" />
      <div className="min-w-0">
        <p className="font-medium">{t("demo.title")}</p>
        <p className="mt-0.5 text-soft">{t("demo.text")}</p>
        <details className="mt-1.5">
          <summary className="w-fit cursor-pointer py-1 font-medium text-bronze">{t("demo.how")}</summary>
          <div className="pt-1.5 pb-1">
            <SetupHelp permissions={permissions} />
          </div>
        </details>
      </div>
    </aside>
  );
}

/** What to do when there is nothing to talk to. */
export function NoModelsNotice({ permissions }: SetupHelpProps) {
  const { t } = useTranslation();
  return (
    <aside aria-label={t("noModels.title")} className="flex gap-3.5 rounded-card border border-line bg-card px-5 py-4">
      <PlugZap aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-accent" />
      <div className="min-w-0 space-y-2">
        <p className="font-medium">{t("noModels.title")}</p>
        <p className="text-sm text-soft">{t("noModels.text")}</p>
        <SetupHelp permissions={permissions} />
      </div>
    </aside>
  );
}
