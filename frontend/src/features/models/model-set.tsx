import { Search } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModelRead } from "#shared/api/types.ts";
import { Button } from "#shared/ui/button.tsx";
import { brand, search } from "./catalogue.ts";

const LEAST = 2;
const MOST = 4;

type ModelSetProps = {
  models: readonly ModelRead[];
  chosen: readonly string[];
  action: string;
  onDone: (ids: readonly string[]) => void;
};

/** Two to four models out of all, as boxes to tick. */
export function ModelSet({ models, chosen, action, onDone }: ModelSetProps) {
  const { t } = useTranslation();
  const hint = useId();
  const [q, setQ] = useState("");
  const [ids, setIds] = useState<readonly string[]>(() => chosen.filter((id) => models.some((one) => one.id === id)));
  const full = ids.length >= MOST;
  const toggle = (id: string) => setIds(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  return (
    <form
      className="mt-4 flex min-h-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (ids.length >= LEAST) onDone(ids);
      }}
    >
      <label className="flex items-center gap-2.5 rounded-xl border border-line px-3 focus-within:border-control">
        <Search aria-hidden="true" className="size-4 shrink-0 text-faint" />
        <span className="sr-only">{t("models.search")}</span>
        <input
          value={q}
          placeholder={t("models.search")}
          onChange={(event) => setQ(event.target.value)}
          className="h-10 min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-faint"
        />
      </label>
      <ul aria-label={t("models.list")} className="-mx-1 max-h-[40dvh] overflow-y-auto px-1">
        {search(models, q).map((model) => (
          <li key={model.id}>
            <label className="flex min-h-10 items-center gap-3 rounded-xl px-2.5 py-1.5 text-sm hover:bg-hover has-disabled:opacity-55">
              <input
                type="checkbox"
                checked={ids.includes(model.id)}
                disabled={full && !ids.includes(model.id)}
                onChange={() => toggle(model.id)}
                className="size-4 accent-accent"
              />
              <span className="min-w-0 flex-1 truncate font-medium">{model.name}</span>
              <span className="text-faint text-xs">{brand(model.provider)}</span>
            </label>
          </li>
        ))}
      </ul>
      <div className="flex items-center justify-between gap-3">
        <p id={hint} aria-live="polite" className="text-soft text-sm">
          {t("compare.count", { count: ids.length, most: MOST })}
        </p>
        <Button type="submit" look="primary" disabled={ids.length < LEAST} aria-describedby={hint}>
          {action}
        </Button>
      </div>
    </form>
  );
}
