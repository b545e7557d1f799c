import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";

/** Why the message in the composer below was not sent. */
export function SendFailure({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <ProblemNote
      error={error}
      lead={t("composer.failed")}
      action={
        <Button className="h-8 self-start" onClick={onRetry}>
          <RotateCcw aria-hidden="true" className="size-3.5" />
          {t("app.retry")}
        </Button>
      }
    />
  );
}
