import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import type { Kind, MemoryRead } from "./api.ts";
import { KINDS } from "./kinds.ts";

type MemoryFormProps = {
  /** What is changed; null writes a new one. */
  memory: MemoryRead | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Rejects where it was refused, which has been said by then. */
  onSave: (statement: string, kind: Kind | null) => Promise<unknown>;
};

function Fields({ memory, onOpenChange, onSave }: Omit<MemoryFormProps, "open">) {
  const { t } = useTranslation();
  const [statement, setStatement] = useState(memory?.statement ?? "");
  const [kind, setKind] = useState<Kind | "">(memory?.kind ?? "");
  const [isSaving, setSaving] = useState(false);
  const canSave = statement.trim() !== "" && !isSaving;
  return (
    <form
      className="mt-4 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!canSave) return;
        setSaving(true);
        onSave(statement.trim(), kind || null)
          .then(() => onOpenChange(false))
          .catch(() => setSaving(false));
      }}
    >
      <label className="block">
        <span className="mb-1.5 block font-medium text-sm">{t("memory.statement")}</span>
        <input
          value={statement}
          maxLength={500}
          placeholder={t("memory.example")}
          onChange={(event) => setStatement(event.target.value)}
          className="h-11 w-full rounded-xl border border-control bg-card px-3.5 focus-visible:border-accent"
        />
      </label>
      <label className="block">
        <span className="mb-1.5 block font-medium text-sm">{t("memory.kindLabel")}</span>
        <select
          value={kind}
          onChange={(event) => setKind(event.target.value as Kind | "")}
          className="h-11 w-full rounded-xl border border-control bg-card px-3 focus-visible:border-accent"
        >
          {memory ? null : <option value="">{t("memory.kindFound")}</option>}
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`memory.kind.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <div className="flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>{t("app.cancel")}</Button>
        <Button look="primary" type="submit" disabled={!canSave}>
          {t("memory.save")}
        </Button>
      </div>
    </form>
  );
}

/** Writes a memory by hand, or says one better. */
export function MemoryForm(props: MemoryFormProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={t(props.memory ? "memory.changeTitle" : "memory.writeTitle")}
      lead={t("memory.writeLead")}
    >
      <Fields {...props} />
    </Dialog>
  );
}
