import { cx } from "#shared/lib/cx.ts";

const SIZES = { small: "size-6 text-xs", normal: "size-8 text-sm", large: "size-12 text-xl" };

type PortraitProps = {
  name: string;
  avatar: string;
  colour: string;
  size?: keyof typeof SIZES;
  className?: string;
};

/** The face of somebody a model plays: an emoji, or the initial, on their colour. */
export function Portrait({ name, avatar, colour, size = "normal", className }: PortraitProps) {
  return (
    <span
      aria-hidden="true"
      className={cx("grid shrink-0 select-none place-items-center rounded-full font-semibold", SIZES[size], className)}
      style={{
        background: `color-mix(in oklab, ${colour} 26%, var(--color-card))`,
        boxShadow: `inset 0 0 0 1.5px color-mix(in oklab, ${colour} 75%, transparent)`,
      }}
    >
      {avatar || [...name][0]?.toUpperCase()}
    </span>
  );
}
