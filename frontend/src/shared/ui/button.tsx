import type { ComponentProps } from "react";
import { cx } from "#shared/lib/cx.ts";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-line bg-card text-ink hover:bg-hover",
  quiet: "text-soft hover:bg-hover hover:text-ink",
  danger: "bg-danger-fill text-white hover:brightness-110",
};

/** How a button looks, also for a link that is one to the eye. */
export function buttonLook(look: Look, className?: string): string {
  return cx(
    "inline-flex h-9 items-center justify-center gap-2 rounded-xl px-3.5 font-medium text-sm transition-colors disabled:opacity-55",
    LOOKS[look],
    className,
  );
}

type ButtonProps = ComponentProps<"button"> & { look?: Look };

export function Button({ look = "plain", className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={buttonLook(look, className)} {...rest} />;
}
