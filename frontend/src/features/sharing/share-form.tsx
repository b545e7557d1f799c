import type { UseMutationResult } from "@tanstack/react-query";
import { Link2, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import type { Policy, Share } from "./api.ts";
import { AudienceChoice } from "./audience-choice.tsx";
import { KindsChoice } from "./kinds-choice.tsx";
import { Tick } from "./tick.tsx";
import { choicesOfDays, usual, type Wanted } from "./wanted.ts";

type ShareFormProps = { policy: Policy; make: UseMutationResult<Share, Error, Wanted> };

/** To whom, until when, and what of it. */
export function ShareForm({ policy, make }: ShareFormProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(() => usual(policy));
  return (
    <form
      className="mt-5 space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(wanted);
      }}
    >
      <AudienceChoice
        value={wanted.audience}
        widest={policy.audience}
        onChange={(audience) => setWanted({ ...wanted, audience })}
      />
      <label className="flex items-center justify-between gap-3 text-sm">
        <span className="font-medium">{t("shares.until")}</span>
        <select
          value={wanted.days}
          onChange={(event) => setWanted({ ...wanted, days: Number(event.target.value) })}
          className="h-9 rounded-xl border border-control bg-card px-2.5"
        >
          {choicesOfDays(policy.longest_days).map((count) => (
            <option key={count} value={count}>
              {t("shares.days", { count })}
            </option>
          ))}
        </select>
      </label>
      <KindsChoice wanted={wanted} onChange={setWanted} />
      <Tick
        label={t("shares.masked")}
        hint={t("shares.maskedHint")}
        checked={wanted.masked}
        onChange={() => setWanted({ ...wanted, masked: !wanted.masked })}
      />
      {make.error ? <ProblemNote error={asApiError(make.error)} /> : null}
      <Button type="submit" look="primary" disabled={make.isPending} className="h-10 w-full">
        {make.isPending ? (
          <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />
        ) : (
          <Link2 aria-hidden="true" className="size-4" />
        )}
        {make.isPending ? t("shares.making") : t("shares.make")}
      </Button>
    </form>
  );
}
