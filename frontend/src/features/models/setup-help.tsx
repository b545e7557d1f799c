import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

const KEYS = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OPENROUTER_API_KEY"];

export type SetupHelpProps = { permissions: readonly string[] };

/** How real models are added: in the admin area, by who may, else by who runs the server. */
export function SetupHelp({ permissions }: SetupHelpProps) {
  const { t } = useTranslation();
  const isAdmin = permissions.includes("providers:manage");
  return (
    <div className="space-y-2 text-sm text-soft">
      {isAdmin ? (
        <p>
          <Link to="/admin/providers" className="font-medium text-accent underline underline-offset-4">
            {t("demo.connect")}
          </Link>
        </p>
      ) : null}
      <p>{isAdmin ? t("demo.orKeys") : t("demo.keys")}</p>
      <ul className="flex flex-wrap gap-1.5" dir="ltr">
        {KEYS.map((key) => (
          <li key={key}>
            <code className="select-all rounded-md border border-line bg-card px-1.5 py-0.5 font-mono text-xs">
              {key}
            </code>
          </li>
        ))}
      </ul>
      <p>{t("demo.local")}</p>
      <a
        href="/docs"
        target="_blank"
        rel="noopener noreferrer"
        className="inline-block font-medium text-accent underline underline-offset-4"
      >
        {t("demo.docs")}
      </a>
    </div>
  );
}
