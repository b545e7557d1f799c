import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CheckCheck, Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { keys } from "#shared/api/keys.ts";
import { useFigures } from "#shared/lib/use-figures.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { complete, type Life, lifeQuery } from "./api.ts";
import { STATE_ICONS } from "./state-icons.ts";
import { WhatIsLeft } from "./what-is-left.tsx";

const NEXT = ["pauses_at", "completes_at", "retires_at"] as const;

/** What becomes of it if nothing is said. */
function Coming({ life }: { life: Life }) {
  const { t } = useTranslation();
  const { day, time } = useFigures();
  const coming = NEXT.flatMap((name) => (life[name] ? [{ name, at: life[name] }] : []));
  if (life.state === "retired") return null;
  return (
    <section aria-labelledby="life-coming">
      <h3 id="life-coming" className="font-medium text-sm">
        {t("life.coming")}
      </h3>
      {coming.length === 0 ? <p className="mt-1 text-sm text-soft">{t("life.nothingComing")}</p> : null}
      <dl className="mt-1 text-sm">
        {coming.map(({ name, at }) => (
          <div key={name} className="flex items-baseline gap-4 border-line border-t py-2 first:border-t-0">
            <dt className="min-w-0 flex-1 text-soft">{t(`life.next.${name}`)}</dt>
            <dd className="tabular-nums">{name === "pauses_at" ? `${day(at)}, ${time(at)}` : day(at)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Where a conversation stands, what becomes of it, and saying that it is over. */
export function LifeReport({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const { day } = useFigures();
  const client = useQueryClient();
  const { data: life, error, refetch } = useQuery(lifeQuery(conversationId));
  const end = useMutation({
    mutationFn: () => complete(conversationId),
    onSuccess: (now) => {
      client.setQueryData(keys.life(conversationId), now);
      void client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
      void client.invalidateQueries({ queryKey: keys.conversations });
    },
  });
  if (error && !life) {
    return (
      <ProblemNote
        error={asApiError(error)}
        action={<Button onClick={() => void refetch()}>{t("app.retry")}</Button>}
      />
    );
  }
  if (!life) {
    return (
      <div aria-busy="true" className="animate-late space-y-3">
        <p className="sr-only">{t("app.loading")}</p>
        <div className="h-16 rounded-xl bg-hover" />
        <div className="h-24 rounded-xl bg-hover" />
      </div>
    );
  }
  const Icon = STATE_ICONS[life.state];
  return (
    <div className="space-y-6">
      <div className="flex items-start gap-3 rounded-2xl bg-sunk p-4">
        <Icon aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-accent" strokeWidth={1.8} />
        <div className="min-w-0 text-sm">
          <p role="status" className="font-medium">
            {t("life.since", { state: t(`life.states.${life.state}`), date: day(life.state_since) })}
          </p>
          <p className="mt-0.5 text-soft">{t(`life.hints.${life.state}`)}</p>
        </div>
      </div>
      {life.held ? (
        <p className="flex items-start gap-3 rounded-2xl border border-bronze-line bg-bronze-wash p-4 text-sm">
          <Lock aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bronze" />
          {t("life.held")}
        </p>
      ) : null}
      {life.summary ? (
        <section aria-labelledby="life-summary">
          <h3 id="life-summary" className="font-medium text-sm">
            {t("life.summary")}
          </h3>
          <p dir="auto" className="mt-1 whitespace-pre-wrap break-words text-sm text-soft">
            {life.summary}
          </p>
        </section>
      ) : null}
      <Coming life={life} />
      {life.retired ? <WhatIsLeft left={life.retired} /> : null}
      {end.error ? <ProblemNote error={asApiError(end.error)} /> : null}
      {life.state === "active" || life.state === "paused" ? (
        <div>
          <Button disabled={end.isPending} onClick={() => end.mutate()}>
            <CheckCheck aria-hidden="true" className="size-4" />
            {t("life.complete")}
          </Button>
          <p className="mt-2 text-faint text-xs">{t("life.completeHint")}</p>
        </div>
      ) : null}
    </div>
  );
}
