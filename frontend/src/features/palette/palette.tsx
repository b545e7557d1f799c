import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "#shared/lib/composing.ts";
import { cx } from "#shared/lib/cx.ts";
import { closedByEscape } from "#shared/ui/escape.ts";
import { Keys } from "#shared/ui/keys.tsx";
import { useFocusReturn } from "#shared/ui/use-focus-return.ts";
import { type Choice, type ChoiceGroup, fitting } from "./choices.ts";

type PaletteProps = {
  q: string;
  onType: (q: string) => void;
  groups: readonly ChoiceGroup[];
  onClose: () => void;
};

type OptionProps = { id: string; choice: Choice; active: boolean; onPick: () => void; onHover: () => void };

function Option({ id, choice, active, onPick, onHover }: OptionProps) {
  const { icon: Icon, label, hint, keys } = choice;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and hears the keys.
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onClick={onPick}
      onPointerMove={onHover}
      className={cx("flex min-h-10 items-center gap-3 rounded-xl px-3 py-1.5 text-sm", active && "bg-active")}
    >
      <Icon aria-hidden="true" className="size-4 shrink-0 text-soft" strokeWidth={1.9} />
      <span dir="auto" className="min-w-0 flex-1 truncate text-start">
        {label}
      </span>
      {hint ? <span className="max-w-[40%] truncate text-faint text-xs">{hint}</span> : null}
      {keys ? <Keys keys={keys} /> : null}
    </div>
  );
}

/** A field over everything there is to do and to go to; the arrows move, Enter does it. */
export function Palette({ q, onType, groups, onClose }: PaletteProps) {
  const { t } = useTranslation();
  const listId = useId();
  const focus = useFocusReturn(true);
  const [activeId, setActiveId] = useState<string | null>(null);
  const shown = fitting(groups, q);
  const all = shown.flatMap((group) => group.choices);
  const active = all.find((choice) => choice.id === activeId) ?? all[0];
  const optionId = (choice: Choice) => `${listId}-${choice.id}`;
  const pick = (choice: Choice) => {
    onClose();
    choice.onPick();
  };
  const move = (to: number) => {
    const next = all[(to + all.length) % all.length];
    if (!next) return;
    setActiveId(next.id);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = active ? all.indexOf(active) : -1;
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Enter" && active && !isComposing(event.nativeEvent)) pick(active);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-veil" />
        <Dialog.Content
          {...focus}
          {...closedByEscape(onClose)}
          aria-describedby={undefined}
          className="fixed inset-x-0 top-[max(1rem,10vh)] z-50 mx-auto flex max-h-[min(32rem,80dvh)] w-[min(38rem,calc(100vw-1.5rem))] animate-rise flex-col overflow-hidden rounded-card border border-line bg-card shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">{t("palette.title")}</Dialog.Title>
          <div className="flex items-center gap-3 border-line border-b px-4">
            <Search aria-hidden="true" className="size-[18px] shrink-0 text-faint" />
            <input
              role="combobox"
              aria-label={t("palette.label")}
              aria-expanded="true"
              aria-controls={listId}
              aria-autocomplete="list"
              {...(active ? { "aria-activedescendant": optionId(active) } : {})}
              placeholder={t("palette.placeholder")}
              value={q}
              onChange={(event) => {
                onType(event.target.value);
                setActiveId(null);
              }}
              onKeyDown={onKeyDown}
              className="h-13 min-w-0 flex-1 bg-transparent outline-none placeholder:text-faint"
            />
          </div>
          <div id={listId} role="listbox" aria-label={t("palette.list")} className="min-h-0 overflow-y-auto p-1.5">
            {shown.map((group) => (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand inside a listbox.
              <div key={group.label} role="group" aria-label={group.label}>
                <p aria-hidden="true" className="px-3 pt-2 pb-1 font-medium text-faint text-xs">
                  {group.label}
                </p>
                {group.choices.map((choice) => (
                  <Option
                    key={choice.id}
                    id={optionId(choice)}
                    choice={choice}
                    active={choice === active}
                    onPick={() => pick(choice)}
                    onHover={() => choice !== active && setActiveId(choice.id)}
                  />
                ))}
              </div>
            ))}
          </div>
          {all.length === 0 ? <p className="px-4 pb-4 text-sm text-soft">{t("palette.nothing", { q })}</p> : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
