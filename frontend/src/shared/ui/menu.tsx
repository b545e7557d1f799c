import { Check, ChevronRight, type LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";
import { cx } from "#shared/lib/cx.ts";
import { closedByEscape } from "./escape.ts";

const ROW =
  "flex min-h-8 cursor-pointer select-none items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none data-[highlighted]:bg-hover";

type MenuProps = {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  side?: "top" | "bottom";
  onOpenChange?: (open: boolean) => void;
};

export function Menu({ trigger, children, align = "start", side = "bottom", onOpenChange }: MenuProps) {
  const [open, setOpen] = useState(false);
  const change = (next: boolean) => {
    setOpen(next);
    onOpenChange?.(next);
  };
  return (
    <Radix.Root modal={false} open={open} onOpenChange={change}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          {...closedByEscape(change)}
          className="z-50 min-w-52 max-w-[calc(100vw-1rem)] animate-rise rounded-2xl border border-line bg-card p-1.5 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type ItemProps = {
  icon: LucideIcon;
  label: string;
  onSelect?: () => void;
  danger?: boolean;
  href?: string;
  /** What holds now, among others that are offered. */
  checked?: boolean;
};

export function MenuItem({ icon: Icon, label, onSelect, danger = false, href, checked = false }: ItemProps) {
  const inner = (
    <>
      <Icon aria-hidden="true" className="size-4 shrink-0 opacity-80" strokeWidth={1.9} />
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {checked ? <Check aria-hidden="true" className="size-4 text-accent" /> : null}
    </>
  );
  const look = cx(ROW, danger && "text-danger data-[highlighted]:bg-danger-wash");
  if (href) {
    return (
      <Radix.Item asChild className={look}>
        <a href={href} target="_blank" rel="noopener noreferrer">
          {inner}
        </a>
      </Radix.Item>
    );
  }
  return (
    <Radix.Item className={look} {...(onSelect ? { onSelect } : {})}>
      {inner}
    </Radix.Item>
  );
}

type ChoiceProps<Value extends string> = {
  label: string;
  value: Value;
  options: { value: Value; label: string }[];
  onChange: (value: Value) => void;
};

/** A group of which one holds. The menu stays open, so that the effect can be seen. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <Radix.RadioGroup value={value} aria-label={label}>
      <Radix.Label className="px-2.5 pt-1.5 pb-1 font-medium text-faint text-xs">{label}</Radix.Label>
      {options.map((option) => (
        <Radix.RadioItem
          key={option.value}
          value={option.value}
          className={cx(ROW, "justify-between")}
          onSelect={(event) => {
            event.preventDefault();
            onChange(option.value);
          }}
        >
          {option.label}
          <Radix.ItemIndicator>
            <Check aria-hidden="true" className="size-4 text-accent" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

type SubProps = { icon: LucideIcon; label: string; children: ReactNode };

/** A menu in a menu. */
export function MenuSub({ icon: Icon, label, children }: SubProps) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className={cx(ROW, "data-[state=open]:bg-hover")}>
        <Icon aria-hidden="true" className="size-4 opacity-80" strokeWidth={1.9} />
        <span className="flex-1">{label}</span>
        <ChevronRight aria-hidden="true" className="size-4 text-faint rtl:-scale-x-100" />
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] min-w-44 max-w-[min(18rem,calc(100vw-1rem))] animate-rise overflow-y-auto rounded-2xl border border-line bg-card p-1.5 shadow-float"
        >
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  );
}

export function MenuLine() {
  return <Radix.Separator className="mx-1 my-1.5 h-px bg-line" />;
}
