import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { type MemoryRead, namedMemoriesQuery } from "./api.ts";
import { useMemories } from "./use-memories.ts";

/** As many as are read at once, and an address can name. */
const MOST = 30;

/** Those that an answer was shown, in few words: what they say, what is gone of them, and the way to their page. */
export function ShownMemories({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation();
  const wanted = ids.slice(0, MOST);
  const named = useQuery(namedMemoriesQuery(wanted));
  const { forget } = useMemories();
  const [doomed, setDoomed] = useState<MemoryRead | null>(null);
  if (named.error) {
    const again = <Button onClick={() => void named.refetch()}>{t("app.retry")}</Button>;
    return <ProblemNote error={asApiError(named.error)} action={again} />;
  }
  if (!named.data) return <p aria-busy="true">{t("app.loading")}</p>;
  const gone = wanted.length - named.data.length;
  return (
    <>
      <h2 className="font-semibold">{t("memory.shown")}</h2>
      <ul className="mt-1 divide-y divide-line">
        {named.data.map((memory) => (
          <li key={memory.id} className="flex items-center gap-2 py-1">
            <p dir="auto" className="min-w-0 flex-1 break-words">
              {memory.statement}
            </p>
            <IconButton icon={Trash2} size="small" label={t("memory.forget")} onClick={() => setDoomed(memory)} />
          </li>
        ))}
      </ul>
      {gone > 0 ? <p className="mt-1 text-soft">{t("memory.goneSince", { count: gone })}</p> : null}
      <Link
        to="/memory"
        search={{ ids: wanted.join(",") }}
        className="mt-2 inline-block text-accent underline-offset-4 hover:underline"
      >
        {t("memory.openPage")}
      </Link>
      <Confirm
        open={doomed !== null}
        onOpenChange={(open) => !open && setDoomed(null)}
        title={t("memory.forgetTitle")}
        text={t("memory.forgetText", { statement: doomed?.statement ?? "" })}
        action={t("memory.forget")}
        onConfirm={() => doomed && forget.mutate(doomed.id)}
      />
    </>
  );
}
