import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { useDraft } from "./drafts.ts";

type SendFailureProps = { error: ApiError; draftKey: string; onRetry: () => void };

/** Why the message in the composer below was not sent; gone when the message is thrown away. */
export function SendFailure({ error, draftKey, onRetry }: SendFailureProps) {
  const { t } = useTranslation();
  const draft = useDraft(draftKey);
  if (draft.text === "" && draft.images.length === 0) return null;
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
