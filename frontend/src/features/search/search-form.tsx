import { Search, SlidersHorizontal, X } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { type Asked, isNarrowed } from "./asked.ts";

type Options = {
  folders: readonly { value: string; label: string }[];
  tags: readonly string[];
  models: readonly { value: string; label: string }[];
};

type SearchFormProps = {
  asked: Asked;
  options: Options;
  field: RefObject<HTMLInputElement | null>;
  onAsk: (asked: Asked) => void;
  onDown: () => void;
};

const CONTROL = "h-10 w-full min-w-0 rounded-xl border border-line bg-card px-3 text-sm";

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is what stands in it.
    <label className="block min-w-0">
      <span className="mb-1 block text-faint text-xs">{label}</span>
      {children}
    </label>
  );
}

type PickProps = {
  label: string;
  value: string | undefined;
  every: string;
  options: readonly { value: string; label: string }[];
  onPick: (value: string) => void;
};

function Pick({ label, value, every, options, onPick }: PickProps) {
  // What an address names stays to be seen, though it is gone.
  const gone = value && !options.some((option) => option.value === value);
  return (
    <Labelled label={label}>
      <select value={value ?? ""} onChange={(event) => onPick(event.target.value)} className={CONTROL}>
        <option value="">{every}</option>
        {gone ? <option value={value}>{value}</option> : null}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** Words, and what narrows where they are looked for. */
export function SearchForm({ asked, options, field, onAsk, onDown }: SearchFormProps) {
  const { t } = useTranslation();
  const narrowed = isNarrowed(asked);
  const [open, setOpen] = useState(narrowed);
  const { q = "" } = asked;
  const change = (name: keyof Asked, value: string) => {
    const { [name]: _was, ...rest } = asked;
    onAsk(value ? { ...rest, [name]: value } : rest);
  };
  const roles = (["user", "assistant", "title"] as const).map((value) => ({
    value,
    label: t(`search.roles.${value}`),
  }));
  return (
    <search>
      <div className="flex items-center gap-2">
        <div className="flex h-12 min-w-0 flex-1 items-center rounded-2xl border border-control bg-card focus-within:border-accent focus-within:outline-2 focus-within:outline-accent focus-within:outline-offset-1">
          <Search aria-hidden="true" className="ms-4 size-[18px] shrink-0 text-faint" />
          <input
            ref={field}
            // biome-ignore lint/a11y/noAutofocus: whoever comes here comes to write in it.
            autoFocus
            type="search"
            aria-label={t("search.label")}
            placeholder={t("search.placeholder")}
            value={q}
            maxLength={200}
            onChange={(event) => change("q", event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "ArrowDown") return;
              event.preventDefault();
              onDown();
            }}
            className="h-full min-w-0 flex-1 bg-transparent px-3 outline-none placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
          />
          {q ? (
            <IconButton icon={X} label={t("sidebar.clearSearch")} onClick={() => change("q", "")} className="me-1" />
          ) : null}
        </div>
        <IconButton
          icon={SlidersHorizontal}
          label={t("search.filters")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className={cx(narrowed && "text-accent")}
        />
      </div>
      {open ? (
        <div className="mt-3 grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-3">
          <Pick
            label={t("search.who")}
            value={asked.role}
            every={t("search.anybody")}
            options={roles}
            onPick={(value) => change("role", value)}
          />
          <Pick
            label={t("search.model")}
            value={asked.model}
            every={t("search.anyModel")}
            options={options.models}
            onPick={(value) => change("model", value)}
          />
          <Pick
            label={t("search.folder")}
            value={asked.folder}
            every={t("search.anyFolder")}
            options={options.folders}
            onPick={(value) => change("folder", value)}
          />
          <Pick
            label={t("search.tag")}
            value={asked.tag}
            every={t("search.anyTag")}
            options={options.tags.map((tag) => ({ value: tag, label: tag }))}
            onPick={(value) => change("tag", value)}
          />
          {(["from", "to"] as const).map((name) => (
            <Labelled key={name} label={t(`search.${name}`)}>
              <input
                type="date"
                value={asked[name] ?? ""}
                onChange={(event) => change(name, event.target.value)}
                className={CONTROL}
              />
            </Labelled>
          ))}
          {narrowed ? (
            <Button look="quiet" onClick={() => onAsk(q ? { q } : {})} className="col-span-full justify-self-start">
              {t("search.noFilters")}
            </Button>
          ) : null}
        </div>
      ) : null}
    </search>
  );
}
