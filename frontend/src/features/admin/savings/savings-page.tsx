import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "#features/admin/parts/page.tsx";
import { RangePicker } from "#features/admin/parts/range-picker.tsx";
import { type Range, sinceOf } from "#features/admin/parts/ranges.ts";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { Linter } from "./linter.tsx";
import { PromptCaches } from "./prompt-caches.tsx";
import { Remedies } from "./remedies.tsx";
import { Saved } from "./saved.tsx";

/** What was saved, what could be, and what keeps a prompt from being read at a tenth of its price. */
export function SavingsPage() {
  const { t } = useTranslation();
  const { may } = useAdmin();
  const [range, setRange] = useState<Range>("days30");
  const seesMoney = may("spend:read");
  return (
    <Page
      title={t("admin.places.savings")}
      lead={t("adminMoney.savings.lead")}
      actions={seesMoney ? <RangePicker value={range} onChange={setRange} /> : null}
    >
      {seesMoney ? (
        <>
          <Saved since={sinceOf(range)} />
          <Remedies />
        </>
      ) : null}
      {may("models:read") ? (
        <>
          <PromptCaches />
          <Linter />
        </>
      ) : null}
    </Page>
  );
}
