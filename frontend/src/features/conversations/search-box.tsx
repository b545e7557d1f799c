import { Search, X } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "#shared/lib/composing.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";

type SearchBoxProps = {
  q: string;
  onChange: (q: string) => void;
  field: RefObject<HTMLInputElement | null>;
  /** Enter searches all that was said, not titles alone. */
  onSearch: () => void;
};

export function SearchBox({ q, onChange, field, onSearch }: SearchBoxProps) {
  const { t } = useTranslation();
  return (
    <search className="flex h-9 min-w-0 flex-1 items-center rounded-xl border border-line bg-card focus-within:border-control">
      <Search aria-hidden="true" className="ms-3 size-4 shrink-0 text-faint" />
      <input
        ref={field}
        type="search"
        aria-label={t("sidebar.search")}
        placeholder={t("sidebar.search")}
        value={q}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && q.trim() && !isComposing(event.nativeEvent)) onSearch();
          if (event.key !== "Escape" || q === "") return;
          event.stopPropagation();
          onChange("");
        }}
        className="h-full min-w-0 flex-1 bg-transparent px-2.5 text-sm outline-none placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
      />
      {q ? (
        <IconButton
          icon={X}
          size="small"
          label={t("sidebar.clearSearch")}
          onClick={() => {
            onChange("");
            field.current?.focus();
          }}
          className="me-1"
        />
      ) : null}
    </search>
  );
}
