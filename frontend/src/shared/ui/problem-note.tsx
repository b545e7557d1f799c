import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "#shared/api/errors.ts";
import { cx } from "#shared/lib/cx.ts";
import { useExplained } from "./use-explained.ts";

type ProblemNoteProps = {
  error: Pick<ApiError, "code" | "message" | "retryAfterS" | "requestId">;
  lead?: string;
  action?: ReactNode;
  className?: string;
};

/** An error in human words; the technical names wait behind “Details”. */
export function ProblemNote({ error, lead, action, className }: ProblemNoteProps) {
  const { t } = useTranslation();
  const { text, hint } = useExplained()(error);
  return (
    <div
      role="alert"
      className={cx(
        "flex flex-wrap gap-3 rounded-2xl border border-danger-line bg-danger-wash px-4 py-3 text-sm",
        className,
      )}
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-[18px] shrink-0 text-danger" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{lead ? `${lead} ${text}` : text}</p>
        <p className="text-soft">{hint}</p>
        <details className="mt-1 text-soft text-xs">
          <summary className="w-fit cursor-pointer py-1">{t("errors.details")}</summary>
          {error.message && error.message !== text ? <p className="break-words">{error.message}</p> : null}
          <p>
            {t("errors.code")}: <code className="select-all font-mono">{error.code}</code>
          </p>
          {error.requestId ? (
            <p>
              {t("errors.requestId")}: <code className="select-all break-all font-mono">{error.requestId}</code>
            </p>
          ) : null}
        </details>
      </div>
      {action}
    </div>
  );
}
