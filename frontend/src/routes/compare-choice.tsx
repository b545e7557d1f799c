import { Columns2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ModelSet } from "#features/models/model-set.tsx";
import type { ModelRead } from "#shared/api/types.ts";
import { Dialog } from "#shared/ui/dialog.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";

type CompareChoiceProps = {
  models: readonly ModelRead[];
  /** The model that answers alone. */
  own: string | null;
  chosen: readonly string[] | null;
  onChoose: (ids: readonly string[] | null) => void;
};

/** The button that has several models answer instead of one, and one again. */
export function CompareChoice({ models, own, chosen, onChoose }: CompareChoiceProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const nameOf = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  if (models.length < 2) return null;
  return (
    <>
      {chosen ? (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="h-9 min-w-0 truncate rounded-xl bg-accent-wash px-2.5 text-accent text-sm"
        >
          <span className="sr-only">{t("compare.chosen")}</span>
          {chosen.map(nameOf).join(" · ")}
        </button>
      ) : null}
      <IconButton
        icon={Columns2}
        label={chosen ? t("compare.end") : t("compare.begin")}
        aria-pressed={chosen !== null}
        onClick={() => (chosen ? onChoose(null) : setOpen(true))}
        className="aria-pressed:text-accent"
      />
      <Dialog open={open} onOpenChange={setOpen} title={t("compare.title")} lead={t("compare.lead")}>
        <ModelSet
          models={models}
          chosen={chosen ?? (own ? [own] : [])}
          action={t("compare.use")}
          onDone={(ids) => {
            onChoose(ids);
            setOpen(false);
          }}
        />
      </Dialog>
    </>
  );
}
