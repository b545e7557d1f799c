import { Switch } from "radix-ui";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { MemorySettingsRead } from "./api.ts";
import type { Memories } from "./use-memories.ts";

const LEARNING = ["all", "asked", "nothing"] as const;

type MemorySettingsProps = { settings: MemorySettingsRead; memories: Memories };

/** On or off, and what is learned. */
export function MemorySettings({ settings, memories }: MemorySettingsProps) {
  const { t } = useTranslation();
  const id = useId();
  const { enabled, learning, allowed } = settings;
  const save = (change: Partial<Pick<MemorySettingsRead, "enabled" | "learning">>) =>
    memories.settings.mutate({ enabled, learning, ...change });
  return (
    <section aria-labelledby={id} className="rounded-card border border-line bg-card px-5 py-4">
      <div className="flex items-center gap-4">
        <div className="min-w-0 flex-1">
          <h2 id={id} className="font-semibold">
            {t("memory.switch")}
          </h2>
          <p className="text-sm text-soft">
            {t(enabled ? "memory.isOn" : allowed ? "memory.isOff" : "memory.forbidden")}
          </p>
        </div>
        <Switch.Root
          checked={enabled}
          disabled={!allowed || memories.settings.isPending}
          onCheckedChange={(checked) => save({ enabled: checked })}
          aria-labelledby={id}
          className="h-6 w-11 shrink-0 rounded-full border border-control bg-active p-0.5 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-50"
        >
          <Switch.Thumb className="block size-[1.125rem] rounded-full bg-control transition-transform data-[state=checked]:translate-x-5 data-[state=checked]:bg-on-accent rtl:data-[state=checked]:-translate-x-5" />
        </Switch.Root>
      </div>
      {enabled ? (
        <fieldset className="mt-3 border-line border-t pt-3">
          <legend className="sr-only">{t("memory.learning")}</legend>
          <div className="space-y-1.5">
            {LEARNING.map((one) => (
              <label key={one} className="flex cursor-pointer items-start gap-2.5 text-sm">
                <input
                  type="radio"
                  name={id}
                  checked={learning === one}
                  onChange={() => save({ learning: one })}
                  className="mt-0.5 size-4 shrink-0 accent-accent"
                />
                <span>
                  <span className="font-medium">{t(`memory.learn.${one}.name`)}</span>{" "}
                  <span className="text-soft">{t(`memory.learn.${one}.text`)}</span>
                </span>
              </label>
            ))}
          </div>
          <p className="mt-2 text-faint text-xs">
            {t(settings.learns_by_model ? "memory.byModel" : "memory.plainOnly")}
          </p>
        </fieldset>
      ) : null}
    </section>
  );
}
