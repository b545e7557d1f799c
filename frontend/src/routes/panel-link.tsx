import { Link } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useTranslation } from "react-i18next";

/** From the new chat to a new panel. */
export function PanelLink() {
  const { t } = useTranslation();
  return (
    <Link
      to="/panels/new"
      className="mx-auto flex w-fit max-w-full items-center gap-2.5 rounded-full border border-line px-4 py-2 text-sm transition-colors hover:border-control hover:bg-card"
    >
      <Users aria-hidden="true" className="size-4 shrink-0 text-accent" />
      <span>
        <span className="font-medium">{t("panel.start")}</span>{" "}
        <span className="text-soft max-sm:hidden">{t("panel.text")}</span>
      </span>
    </Link>
  );
}
