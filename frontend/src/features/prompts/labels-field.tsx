import { Tag, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFigures } from "#shared/lib/use-figures.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { deleteLabel, type PromptRead, putLabel } from "./api.ts";
import { useLibraryAct } from "./use-library-act.ts";

const FIELD = "h-9 rounded-lg border border-control bg-card px-2 text-sm focus-visible:border-accent";

function shares(versions: PromptRead["labels"][number]["versions"], percent: (value: number) => string): string {
  const whole = versions.reduce((sum, one) => sum + one.weight, 0);
  return versions.map((one) => `${one.version} (${percent(one.weight / whole)})`).join(", ");
}

/** For which versions a name stands: one, or two that divide the conversations among them. */
function LabelForm({ prompt, newest }: { prompt: PromptRead; newest: number }) {
  const { t } = useTranslation();
  const [name, setName] = useState("production");
  const [first, setFirst] = useState(newest);
  const [second, setSecond] = useState(0);
  const [share, setShare] = useState(10);
  const put = useLibraryAct(
    () => {
      const versions =
        second && second !== first
          ? [
              { version: first, weight: 100 - share },
              { version: second, weight: share },
            ]
          : [{ version: first, weight: 1 }];
      return putLabel(prompt.id, name, { versions });
    },
    () => undefined,
  );
  const numbers = Array.from({ length: newest }, (_, place) => newest - place);
  const options = numbers.map((number) => (
    <option key={number} value={number}>
      {t("library.version", { number })}
    </option>
  ));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        put.mutate(undefined);
      }}
      className="flex flex-wrap items-end gap-2 text-sm"
    >
      <label>
        <span className="block text-faint text-xs">{t("library.label")}</span>
        <input
          value={name}
          required
          pattern="[a-z][a-z0-9_\-]*"
          maxLength={50}
          onChange={(event) => setName(event.target.value)}
          className={`${FIELD} w-32`}
        />
      </label>
      <label>
        <span className="block text-faint text-xs">{t("library.standsFor")}</span>
        <select value={first} onChange={(event) => setFirst(Number(event.target.value))} className={FIELD}>
          {options}
        </select>
      </label>
      <label>
        <span className="block text-faint text-xs">{t("library.tryAlso")}</span>
        <select value={second} onChange={(event) => setSecond(Number(event.target.value))} className={FIELD}>
          <option value={0}>{t("library.nothingElse")}</option>
          {options}
        </select>
      </label>
      {second ? (
        <label>
          <span className="block text-faint text-xs">{t("library.shareOf")}</span>
          <input
            type="number"
            min={1}
            max={99}
            value={share}
            onChange={(event) => setShare(Math.min(99, Math.max(1, Number(event.target.value) || 1)))}
            className={`${FIELD} w-20`}
          />
        </label>
      ) : null}
      <Button type="submit" disabled={put.isPending}>
        {t("library.setLabel")}
      </Button>
    </form>
  );
}

export function Labels({ prompt }: { prompt: PromptRead }) {
  const { t } = useTranslation();
  const { percent } = useFigures();
  const remove = useLibraryAct(
    (label: string) => deleteLabel(prompt.id, label),
    () => undefined,
  );
  return (
    <div className="space-y-3">
      {prompt.labels.length === 0 ? <p className="text-sm text-soft">{t("library.noLabels")}</p> : null}
      <ul className="space-y-1">
        {prompt.labels.map((label) => (
          <li key={label.name} className="flex items-center gap-2 text-sm">
            <Tag aria-hidden="true" className="size-4 text-accent" />
            <span className="font-medium">{label.name}</span>
            <span className="text-soft">
              {t("library.standsForVersions", { versions: shares(label.versions, percent) })}
            </span>
            {prompt.editable ? (
              <IconButton
                icon={Trash2}
                size="small"
                label={t("library.removeLabel", { name: label.name })}
                onClick={() => remove.mutate(label.name)}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {prompt.editable ? (
        <LabelForm key={prompt.newest.version} prompt={prompt} newest={prompt.newest.version} />
      ) : null}
    </div>
  );
}
