import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { promptQuery } from "#shared/api/prompts.ts";
import type { MessageRead } from "#shared/api/types.ts";

/** The version of a prompt of the library that an answer was given with, and the way to it. */
export function AnsweredWith({ prompt }: { prompt: NonNullable<MessageRead["prompt"]> }) {
  const { t } = useTranslation();
  const kept = useQuery({ ...promptQuery(prompt.id), retry: false });
  const name = kept.data?.name ?? t("answeredWith.prompt");
  const label = t("answeredWith.version", { name, version: prompt.version });
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <ScrollText aria-hidden="true" className="size-3.5 shrink-0" />
      {kept.error ? (
        <span className="max-w-56 truncate">{label}</span>
      ) : (
        <Link
          to="/library/prompts/$id"
          params={{ id: prompt.id }}
          title={t("answeredWith.hint")}
          className="max-w-56 truncate underline-offset-2 hover:text-ink hover:underline"
        >
          {label}
        </Link>
      )}
    </span>
  );
}
