import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { diffQuery } from "./api.ts";

const LOOKS: Record<string, string> = {
  "+": "bg-accent-wash text-accent",
  "-": "bg-danger-wash text-danger",
  "@": "text-faint",
};

/** What changed from one version to another, line by line. */
export function Diff({ id, before, after }: { id: string; before: number; after: number }) {
  const { t } = useTranslation();
  const diff = useQuery(diffQuery(id, before, after));
  if (!diff.data) return null;
  const lines = diff.data.diff.split("\n").slice(2);
  if (lines.every((line) => line === "")) return <p className="py-2 text-sm text-soft">{t("library.noDifference")}</p>;
  return (
    <pre className="mt-2 overflow-x-auto rounded-2xl border border-line bg-card py-2 font-mono text-xs leading-relaxed">
      {lines.map((line, place) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never move.
          key={place}
          className={`block min-w-fit px-3 ${LOOKS[line[0] ?? ""] ?? "text-soft"}`}
        >
          {line || " "}
        </span>
      ))}
    </pre>
  );
}
