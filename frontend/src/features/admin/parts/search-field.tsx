import { Search } from "lucide-react";

type SearchFieldProps = { value: string; onChange: (value: string) => void; label: string };

/** A field to look through a list with. */
export function SearchField({ value, onChange, label }: SearchFieldProps) {
  return (
    <div className="relative w-full sm:w-72">
      <Search aria-hidden="true" className="pointer-events-none absolute start-3 top-2.5 size-4 text-faint" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 w-full rounded-xl border border-control bg-card ps-9 pe-3 text-sm placeholder:text-faint focus-visible:outline-offset-1"
      />
    </div>
  );
}
