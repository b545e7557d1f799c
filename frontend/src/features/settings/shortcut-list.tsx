import { RotateCcw, X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import {
  bind,
  bindAllAnew,
  isDefault,
  keyNames,
  keysOf,
  SHORTCUTS,
  type ShortcutName,
  useBindings,
} from "#shared/lib/shortcuts.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Keys } from "#shared/ui/keys.tsx";
import { Section } from "#shared/ui/section.tsx";

type RowProps = {
  name: ShortcutName;
  keys: string;
  recording: boolean;
  onRecord: (recording: boolean) => void;
  onKeys: (keys: string) => void;
};

function Row({ name, keys, recording, onRecord, onKeys }: RowProps) {
  const { t } = useTranslation();
  const what = t(`shortcuts.${name}`);
  const onKeyDown = (event: KeyboardEvent) => {
    // Tab leads on, as everywhere: nobody is caught here.
    if (!recording || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    // The window listens too, outside of React.
    event.nativeEvent.stopImmediatePropagation();
    if (event.key === "Escape") onRecord(false);
    else {
      const pressed = keysOf(event.nativeEvent);
      if (pressed) onKeys(pressed);
    }
  };
  return (
    <li className="flex min-h-12 items-center gap-x-1 border-line border-t py-1 first:border-t-0">
      <span className="min-w-0 flex-1 text-sm">{what}</span>
      <button
        type="button"
        onClick={() => onRecord(true)}
        onBlur={() => recording && onRecord(false)}
        onKeyDown={onKeyDown}
        className={cx(
          "flex min-h-9 min-w-24 items-center justify-center rounded-xl border px-2 py-1 text-sm",
          recording ? "border-accent bg-accent-wash" : "border-line hover:bg-hover",
        )}
      >
        <span className="sr-only">{`${what}: `}</span>
        {recording ? t("prefs.pressKeys") : null}
        {!recording && keys ? <Keys keys={keys} /> : null}
        {recording || keys ? null : <span className="text-faint">{t("prefs.noKeys")}</span>}
      </button>
      <IconButton
        icon={X}
        size="small"
        label={t("prefs.unbind", { what })}
        disabled={!keys}
        onClick={() => bind(name, "")}
      />
      <IconButton
        icon={RotateCcw}
        size="small"
        label={t("prefs.bindAnew", { what })}
        disabled={isDefault(name, keys)}
        onClick={() => bind(name, null)}
      />
    </li>
  );
}

/** By which keys things are done: pressed once, and kept in this browser. */
export function ShortcutList() {
  const { t } = useTranslation();
  const bound = useBindings();
  const [recording, setRecording] = useState<ShortcutName | null>(null);
  const [taken, setTaken] = useState<{ from: ShortcutName; keys: string } | null>(null);
  const press = (name: ShortcutName, keys: string) => {
    const other = SHORTCUTS.find((one) => one !== name && bound[one] === keys);
    if (other) bind(other, "");
    setTaken(other ? { from: other, keys } : null);
    bind(name, keys);
    setRecording(null);
  };
  return (
    <Section
      title={t("shortcuts.title")}
      lead={t("prefs.shortcutsHow")}
      action={<Button onClick={bindAllAnew}>{t("prefs.allAnew")}</Button>}
    >
      <ul className="mt-4">
        {SHORTCUTS.map((name) => (
          <Row
            key={name}
            name={name}
            keys={bound[name]}
            recording={recording === name}
            onRecord={(on) => setRecording(on ? name : null)}
            onKeys={(keys) => press(name, keys)}
          />
        ))}
      </ul>
      <p role="status" className="not-empty:mt-2 text-soft text-sm">
        {taken ? t("prefs.taken", { keys: keyNames(taken.keys).join(" "), what: t(`shortcuts.${taken.from}`) }) : null}
      </p>
    </Section>
  );
}
