import { useTranslation } from "react-i18next";
import type { Share } from "./api.ts";
import { LinkEntry } from "./link-entry.tsx";
import type { LinkChanges } from "./use-link-changes.ts";

type LinkListProps = { shares: readonly Share[]; longest: number | null; changes: LinkChanges };

/** The links there are to a conversation. */
export function LinkList({ shares, longest, changes }: LinkListProps) {
  const { t } = useTranslation();
  return (
    <section className="mt-6 border-line border-t pt-4">
      <h3 className="font-medium text-sm">{t("shares.links")}</h3>
      {shares.length === 0 ? <p className="mt-1 text-faint text-sm">{t("shares.none")}</p> : null}
      <ul className="mt-1 divide-y divide-line">
        {shares.map((share) => (
          <LinkEntry key={share.id} share={share} longest={longest} changes={changes} />
        ))}
      </ul>
    </section>
  );
}
