import { KeySquare, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TokenFamilyRead } from "#shared/api/account-types.ts";
import { keys } from "#shared/api/keys.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Section } from "#shared/ui/section.tsx";
import { useToast } from "#shared/ui/toasts.tsx";
import { endTokens } from "./api.ts";
import { useAct } from "./use-act.ts";
import { useMoment } from "./use-moment.ts";

/** Programs that act for one with signed tokens, and their end; where there is none, nothing. */
export function ProgramsSection({ families }: { families: readonly TokenFamilyRead[] }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const toast = useToast();
  const end = useAct({ act: endTokens, changes: [keys.tokens], onDone: () => toast(t("security.programEnded")) });
  if (families.length === 0) return null;
  return (
    <Section title={t("security.programs")} lead={t("security.programsLead")}>
      <ul aria-label={t("security.programs")} className="mt-4 divide-y divide-line border-line border-t">
        {families.map(({ id, client, permissions, key_id: keyId, created_at: begun, expires_at: ends }) => (
          <li key={id} className="flex items-center gap-3 py-3 last:pb-0">
            <KeySquare aria-hidden="true" className="size-[18px] shrink-0 text-soft" />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium text-sm">{client || t("security.unknownProgram")}</p>
              <p className="text-faint text-xs">
                {t(keyId ? "security.begunWithKey" : "security.begunSignedIn", { date: moment(begun, "day") })} ·{" "}
                {t("security.programUntil", { date: moment(ends, "day") })}
              </p>
              <p className="text-faint text-xs">
                {permissions ? t("security.programMay", { what: permissions.join(", ") }) : t("security.programMayAll")}
              </p>
            </div>
            <IconButton
              icon={Unplug}
              label={t("security.endProgram", { name: client || t("security.unknownProgram") })}
              onClick={() => end.mutate(id)}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}
