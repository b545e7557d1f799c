import type { LucideIcon } from "lucide-react";
import { Tooltip } from "radix-ui";
import type { ComponentProps } from "react";
import { cx } from "#shared/lib/cx.ts";

const LOOKS = {
  quiet: "rounded-lg text-soft hover:bg-hover hover:text-ink disabled:opacity-50",
  accent: "rounded-full bg-accent text-on-accent hover:bg-accent-strong disabled:bg-hover disabled:text-faint",
  ink: "rounded-full bg-ink text-page hover:bg-soft",
};

type IconButtonProps = Omit<ComponentProps<"button">, "children" | "title"> & {
  icon: LucideIcon;
  label: string;
  /** The key that does the same, shown beside the label. */
  hint?: string;
  size?: "small" | "normal";
  look?: keyof typeof LOOKS;
};

/** A button that is only an icon: its label is its accessible name and its tooltip. */
export function IconButton({
  icon: Icon,
  label,
  hint,
  size = "normal",
  look = "quiet",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          aria-label={label}
          className={cx(
            "inline-grid shrink-0 place-items-center transition-colors",
            size === "small" ? "size-7" : "size-9",
            LOOKS[look],
            className,
          )}
          {...rest}
        >
          <Icon aria-hidden="true" className={size === "small" ? "size-[15px]" : "size-[18px]"} strokeWidth={1.9} />
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex animate-fade items-center gap-2 rounded-lg bg-ink px-2.5 py-1.5 text-page text-xs shadow-lift"
        >
          {label}
          {hint ? <span className="opacity-70">{hint}</span> : null}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
