import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModelRead } from "#shared/api/types.ts";
import { isComposing } from "#shared/lib/composing.ts";
import { modelsQuery } from "./api.ts";
import { brand, byProvider, search } from "./catalogue.ts";
import { ModelOption } from "./model-option.tsx";

const LOOK_AGAIN_MS = 2000;

type ModelListProps = { models: readonly ModelRead[]; selected: string | null; onPick: (model: ModelRead) => void };

/** A search field over a list of options: the field keeps the focus, the arrows move through the list. */
export function ModelList({ models, selected, onPick }: ModelListProps) {
  const { t } = useTranslation();
  // Whoever opens the list sees how each model is doing now; the models themselves come from above.
  useQuery({ ...modelsQuery(), staleTime: LOOK_AGAIN_MS, notifyOnChangeProps: [] });
  const listId = useId();
  const [q, setQ] = useState("");
  const [activeId, setActiveId] = useState(selected);
  const groups = byProvider(search(models, q));
  const found = groups.flatMap(([, group]) => group);
  const active = found.find((model) => model.id === activeId) ?? found[0];
  const optionId = (model: ModelRead) => `${listId}-${model.id}`;

  const move = (step: number) => {
    const at = active ? found.indexOf(active) : -1;
    const next = found[(at + step + found.length) % found.length];
    if (!next) return;
    setActiveId(next.id);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && active && !isComposing(event.nativeEvent)) onPick(active);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="flex items-center gap-2.5 border-line border-b px-3.5">
        <Search aria-hidden="true" className="size-4 shrink-0 text-faint" />
        <input
          role="combobox"
          aria-label={t("models.search")}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          {...(active ? { "aria-activedescendant": optionId(active) } : {})}
          placeholder={t("models.search")}
          value={q}
          onChange={(event) => setQ(event.target.value)}
          onKeyDown={onKeyDown}
          className="h-11 min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-faint"
        />
      </div>
      <div id={listId} role="listbox" aria-label={t("models.list")} className="min-h-0 overflow-y-auto p-1.5">
        {groups.map(([provider, group]) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand inside a listbox.
          <div key={provider} role="group" aria-label={brand(provider)}>
            <p aria-hidden="true" className="px-2.5 pt-2 pb-1 font-medium text-faint text-xs">
              {brand(provider)}
            </p>
            {group.map((model) => (
              <ModelOption
                key={model.id}
                id={optionId(model)}
                model={model}
                selected={model.id === selected}
                active={model === active}
                onPick={() => onPick(model)}
                onHover={() => setActiveId(model.id)}
              />
            ))}
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="px-4 pb-4 text-sm text-soft">{t("models.noMatch", { q })}</p> : null}
    </>
  );
}
