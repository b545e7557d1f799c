import { keyNames } from "#shared/lib/shortcuts.ts";

/** Keys as they are printed on a keyboard. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="flex gap-1" dir="ltr">
      {keyNames(keys).map((key) => (
        <kbd key={key} className="rounded-md border border-line bg-sunk px-1.5 py-0.5 font-sans text-soft text-xs">
          {key}
        </kbd>
      ))}
    </span>
  );
}
