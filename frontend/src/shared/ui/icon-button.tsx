import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { cx } from "#shared/lib/cx.ts";

const LOOKS = {
  quiet: "rounded-lg text-soft hover:bg-hover hover:text-ink disabled:opacity-50",
  accent: "rounded-full bg-accent text-on-accent hover:bg-accent-strong disabled:bg-hover disabled:text-faint",
  ink: "rounded-full bg-ink text-page hover:bg-soft",
};

/** Icons that need no elements, for buttons of which hundreds stand on one page (`drawings.css`). */
type Drawing = "again" | "check" | "copy" | "more" | "pencil" | "thumb-down" | "thumb-up";

type IconButtonProps = Omit<ComponentProps<"button">, "children" | "title"> & {
  icon: LucideIcon | Drawing;
  label: string;
  /** The key that does the same, shown beside the label. */
  hint?: string;
  size?: "small" | "normal";
  look?: keyof typeof LOOKS;
};

/** A button that is only an icon: its label is its accessible name, and what `Tips` tells of it. */
export function IconButton({
  icon: Icon,
  label,
  hint,
  size = "normal",
  look = "quiet",
  className,
  ...rest
}: IconButtonProps) {
  const drawn = typeof Icon === "string";
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={hint ?? ""}
      className={cx(
        "inline-grid shrink-0 place-items-center transition-colors",
        size === "small" ? "size-7" : "size-9",
        LOOKS[look],
        drawn && `drawn drawn-${Icon}`,
        className,
      )}
      {...rest}
    >
      {drawn ? null : (
        <Icon aria-hidden="true" className={size === "small" ? "size-[15px]" : "size-[18px]"} strokeWidth={1.9} />
      )}
    </button>
  );
}
