import { ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModelRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { closedByEscape } from "#shared/ui/escape.ts";
import type { Choice } from "./catalogue.ts";
import { ModelList } from "./model-list.tsx";

type ModelPickerProps = { models: readonly ModelRead[]; choice: Choice; onPick: (model: ModelRead) => void };

function nameOf(choice: Choice, gone: (name: string) => string, none: string): string {
  if (choice.model) return choice.model.name;
  return choice.id ? gone(choice.id) : none;
}

/** The button that names the model, and the searchable list behind it. */
export function ModelPicker({ models, choice, onPick }: ModelPickerProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const name = nameOf(choice, (gone) => t("models.gone", { name: gone }), t("models.none"));
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          disabled={models.length === 0}
          className="flex h-9 min-w-0 items-center gap-1.5 rounded-xl px-2.5 text-sm text-soft transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
        >
          <span className="sr-only">{t("models.label")}</span>
          <span className={cx("truncate", choice.id && !choice.model && "text-danger")}>{name}</span>
          {choice.model?.demonstration ? (
            <span className="hidden rounded-md bg-bronze-wash px-1.5 py-px text-[0.6875rem] text-bronze sm:inline">
              {t("models.demonstration")}
            </span>
          ) : null}
          <ChevronDown aria-hidden="true" className="size-4 shrink-0 opacity-70" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          side="top"
          sideOffset={8}
          collisionPadding={12}
          aria-label={t("models.pick")}
          {...closedByEscape(setOpen)}
          className="z-50 flex max-h-[min(26rem,var(--radix-popover-content-available-height))] w-[min(22rem,calc(100vw-1.5rem))] animate-rise flex-col overflow-hidden rounded-card border border-line bg-card shadow-float"
        >
          <ModelList
            models={models}
            selected={choice.id}
            onPick={(model) => {
              onPick(model);
              setOpen(false);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
