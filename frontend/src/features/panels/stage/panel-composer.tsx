import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Participant } from "#features/panels/api.ts";
import { isComposing } from "#shared/lib/composing.ts";
import { cx } from "#shared/lib/cx.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Portrait } from "#shared/ui/portrait.tsx";
import { useMentions } from "./use-mentions.ts";

type PanelComposerProps = {
  participants: readonly Participant[];
  text: string;
  running: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  onWrite: (text: string) => void;
  onSend: (text: string) => void;
};

/** Where one speaks to a panel, at any time: `@` offers its members, Enter sends. */
export function PanelComposer({ participants, text, running, field, onWrite, onSend }: PanelComposerProps) {
  const { t } = useTranslation();
  const listId = useId();
  const send = () => {
    if (text.trim()) onSend(text.trim());
  };
  const names = [...participants.map((one) => one.handle), "all", "others"];
  const { found, chosen, complete, setCaret, takesKey } = useMentions({ names, text, field, onWrite });
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event.nativeEvent)) return;
    if (takesKey(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (!chosen && event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div className="relative rounded-[1.6rem] border border-line bg-card shadow-lift transition-colors focus-within:border-control">
      {chosen ? (
        <div
          id={listId}
          role="listbox"
          aria-label={t("panels.members")}
          className="absolute start-3 bottom-full z-20 mb-2 w-60 rounded-2xl border border-line bg-card p-1.5 shadow-float"
        >
          {found.map((handle) => {
            const place = participants.findIndex((one) => one.handle === handle);
            const participant = participants[place];
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and handles the keys of the list.
              <div
                key={handle}
                id={`${listId}-${handle}`}
                role="option"
                tabIndex={-1}
                aria-selected={handle === chosen}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => complete(handle)}
                className={cx(
                  "flex items-center gap-2 rounded-xl px-2.5 py-1.5 text-sm",
                  handle === chosen && "bg-hover",
                )}
              >
                {participant ? (
                  <Portrait
                    name={handle}
                    avatar={participant.avatar}
                    colour={speakerColour(participant.colour, place)}
                    size="small"
                  />
                ) : (
                  <span aria-hidden="true" className="w-6 text-center text-faint">
                    @
                  </span>
                )}
                <span className="font-medium">{handle}</span>
                {participant ? null : (
                  <span className="text-faint text-xs">{t(`panels.address.${handle as "all"}`)}</span>
                )}
              </div>
            );
          })}
        </div>
      ) : null}
      <textarea
        ref={field}
        dir="auto"
        aria-label={t("composer.label")}
        aria-autocomplete="list"
        {...(chosen ? { "aria-controls": listId, "aria-activedescendant": `${listId}-${chosen}` } : {})}
        placeholder={running ? t("panels.interject") : t("panels.ask")}
        rows={1}
        value={text}
        onChange={(event) => {
          onWrite(event.target.value);
          setCaret(event.target.selectionStart);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
        className="field-sizing-content block max-h-[min(40vh,20rem)] min-h-[3.25rem] w-full resize-none bg-transparent py-4 ps-5 pe-14 outline-none placeholder:text-faint"
      />
      <IconButton
        icon={ArrowUp}
        look="accent"
        label={t("composer.send")}
        disabled={!text.trim()}
        onClick={send}
        className="absolute end-2.5 bottom-2.5"
      />
    </div>
  );
}
