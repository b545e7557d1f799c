import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "#shared/lib/composing.ts";

type RenameFieldProps = {
  title: string;
  label?: string;
  maxLength?: number;
  /** The new title, or null when nothing is to change. */
  onDone: (title: string | null) => void;
};

/** A title being rewritten in its place: Enter and leaving keep it, Escape does not. */
export function RenameField({ title, label, maxLength = 200, onDone }: RenameFieldProps) {
  const { t } = useTranslation();
  const done = useRef(false);
  const finish = (value: string | null) => {
    if (done.current) return;
    done.current = true;
    const wanted = value?.trim();
    onDone(wanted && wanted !== title ? wanted : null);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to write here.
      autoFocus
      aria-label={label ?? t("sidebar.renameLabel")}
      defaultValue={title}
      maxLength={maxLength}
      onFocus={(event) => event.target.select()}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter" && !isComposing(event.nativeEvent)) finish(event.currentTarget.value);
        if (event.key === "Escape") finish(null);
      }}
      className="h-9 w-full rounded-xl border border-accent bg-card px-3 text-sm outline-none"
    />
  );
}
