import { useMutation } from "@tanstack/react-query";
import { Link2, Link2Off, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Card } from "#features/admin/parts/page.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json, request } from "#shared/api/client.ts";
import { asApiError } from "#shared/api/errors.ts";
import type { AuditKeyList } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { type Verdict, verifyTrail } from "./verify.ts";

async function prove(): Promise<Verdict> {
  const [keys, file] = await Promise.all([
    json<AuditKeyList>("/audit/keys"),
    request("/audit/export", { query: { format: "jsonl" }, headers: { accept: "application/x-ndjson, */*" } }),
  ]);
  return verifyTrail(
    await file.text(),
    keys.data.map(({ public_key }) => public_key),
  );
}

/** Whether the trail is as it was written, found out in this browser, and drawn. */
export function Proof() {
  const { t } = useTranslation();
  const proof = useMutation({ mutationFn: prove });
  return (
    <Card
      title={t("adminSystem.proof.title")}
      lead={t("adminSystem.proof.lead")}
      actions={
        <Button disabled={proof.isPending} onClick={() => proof.mutate()}>
          <ShieldCheck aria-hidden="true" className="size-4" />
          {t(proof.isPending ? "adminSystem.proof.running" : "adminSystem.proof.run")}
        </Button>
      }
    >
      <div role="status" className="empty:hidden">
        {proof.data ? <Drawn verdict={proof.data} /> : null}
      </div>
      {proof.error ? <ProblemNote error={asApiError(proof.error)} /> : null}
    </Card>
  );
}

function Drawn({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  const { whole } = useFormat();
  const { entries, brokenAt, signedTo, canCheckSignatures } = verdict;
  const isWhole = brokenAt === null;
  const good = isWhole ? entries : Math.max(0, brokenAt - 1);
  const Icon = isWhole ? Link2 : Link2Off;
  return (
    <div className="space-y-2 text-sm">
      <svg aria-hidden="true" viewBox="0 0 100 3" preserveAspectRatio="none" className="h-3 w-full rounded-full">
        <rect width="100" height="3" className={isWhole ? "fill-accent opacity-40" : "fill-danger-fill"} />
        <rect width={entries ? (good / entries) * 100 : 0} height="3" className="fill-accent opacity-40" />
        <rect width={entries ? (Math.min(signedTo, good) / entries) * 100 : 0} height="3" className="fill-accent" />
      </svg>
      <p className={`flex items-center gap-2 font-medium ${isWhole ? "" : "text-danger"}`}>
        <Icon aria-hidden="true" className="size-4 shrink-0" />
        {isWhole
          ? t("adminSystem.proof.whole", { count: entries, number: whole(entries) })
          : t("adminSystem.proof.broken", { number: whole(brokenAt) })}
      </p>
      <p className="text-soft">
        {canCheckSignatures
          ? t("adminSystem.proof.signed", { number: whole(signedTo) })
          : t("adminSystem.proof.unsigned")}
      </p>
    </div>
  );
}
