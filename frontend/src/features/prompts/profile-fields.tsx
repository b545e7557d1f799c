import { useTranslation } from "react-i18next";
import { Line, Pick } from "./area.tsx";
import type { Profile } from "./prompt-draft.ts";

type ProfileFieldsProps = { profile: Profile; mayShare: boolean; onChange: (change: Partial<Profile>) => void };

/** What it is called, how it is found, and who may use it. */
export function ProfileFields({ profile, mayShare, onChange }: ProfileFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Line
        label={t("library.name")}
        required
        maxLength={100}
        value={profile.name}
        onChange={(name) => onChange({ name })}
      />
      <Line
        label={t("library.description")}
        maxLength={300}
        value={profile.description}
        onChange={(description) => onChange({ description })}
      />
      <Line
        label={t("library.tags")}
        placeholder={t("library.tagsExample")}
        value={profile.tags}
        onChange={(tags) => onChange({ tags })}
      />
      <Pick
        label={t("library.sharing")}
        value={profile.sharing}
        onChange={(sharing) => onChange({ sharing: sharing as Profile["sharing"] })}
      >
        <option value="private">{t("library.share.private")}</option>
        {profile.sharing === "groups" ? <option value="groups">{t("library.share.groups")}</option> : null}
        {mayShare || profile.sharing === "organisation" ? (
          <option value="organisation">{t("library.share.organisation")}</option>
        ) : null}
      </Pick>
    </div>
  );
}
