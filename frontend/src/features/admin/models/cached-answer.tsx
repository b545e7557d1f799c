import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { Line } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { Money } from "#features/admin/parts/money.tsx";
import { Card } from "#features/admin/parts/page.tsx";
import { text } from "#features/admin/parts/reading.ts";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import { json } from "#shared/api/client.ts";
import type { CachedAnswerRead } from "#shared/api/schema.d.ts";

/** An answer that is given again, looked at where somebody doubts it, and forgotten where it is wrong. */
export function CachedAnswer() {
  const { t } = useTranslation();
  const [found, setFound] = useState<CachedAnswerRead | null>(null);
  return (
    <Card title={t("adminModels.cachedAnswer.title")} lead={t("adminModels.cachedAnswer.lead")}>
      <Form
        act={(data) => json<CachedAnswerRead>(`/cache/${encodeURIComponent(text(data, "entry_id") || "-")}`)}
        changes={[]}
        onDone={setFound}
        submit={t("adminModels.cachedAnswer.show")}
      >
        <Line name="entry_id" label={t("adminModels.cachedAnswer.id")} spellCheck={false} />
      </Form>
      <div role="status" className="mt-4 empty:hidden">
        {found ? <Found answer={found} onGone={() => setFound(null)} /> : null}
      </div>
    </Card>
  );
}

function Found({ answer, onGone }: { answer: CachedAnswerRead; onGone: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useNames("user", answer.owner_id ? [answer.owner_id] : []);
  return (
    <div className="space-y-4 border-line border-t pt-4">
      <p className="whitespace-pre-wrap break-words rounded-xl bg-sunk p-3 text-sm">{answer.text}</p>
      <Facts
        facts={[
          [t("adminModels.cachedAnswer.model"), answer.model],
          [
            t("adminModels.cachedAnswer.owner"),
            answer.owner_id ? nameOf(answer.owner_id) : t("adminModels.cachedAnswer.everybody"),
          ],
          [t("adminModels.cachedAnswer.cost"), <Money key="cost" usd={answer.cost_usd} />],
          [t("adminModels.cachedAnswer.until"), format.moment(answer.expires_at)],
        ]}
      />
      <Removal
        path={`/cache/${answer.id}`}
        changes={[adminKeys.cache]}
        action={t("adminModels.cachedAnswer.evict")}
        title={t("adminModels.cachedAnswer.evictTitle")}
        text={t("adminModels.cachedAnswer.evictText")}
        said={t("adminModels.cachedAnswer.evicted")}
        onGone={onGone}
      />
    </div>
  );
}
