import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Picker } from "#features/admin/parts/picker.tsx";
import { SecretOnce } from "#features/admin/parts/secret-once.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { ApiKeyRead } from "#shared/api/schema.d.ts";
import { KeyDetail } from "./key-detail.tsx";
import { KeyForm } from "./key-form.tsx";
import { Ends } from "./keys-ends.tsx";

/** With what programs act: keys of one's own, and everybody's for who looks after them. */
export function KeysPage() {
  const { t } = useTranslation();
  const { session, may } = useAdmin();
  const [whose, setWhose] = useState<"all" | "mine">(may("keys:manage") ? "all" : "mine");
  const [secret, setSecret] = useState<string | null>(null);
  const keys = usePages<ApiKeyRead>(adminKeys.keys, "/keys", {
    limit: 100,
    user_id: whose === "mine" ? session.user.id : undefined,
  });
  const filters = may("keys:manage") ? (
    <Picker
      label={t("adminAccess.keys.whose")}
      value={whose}
      onChange={setWhose}
      options={(["all", "mine"] as const).map((value) => ({ value, label: t(`adminAccess.keys.${value}`) }))}
    />
  ) : null;
  // Who looks at their own only may still have keys of others to see.
  const empty = { title: t("adminAccess.keys.emptyTitle"), text: t("adminAccess.keys.emptyText") };
  return (
    <ListPage
      title={t("admin.places.keys")}
      lead={t("adminAccess.keys.lead")}
      query={keys}
      idOf={({ id }) => id}
      {...(whose === "all" || !may("keys:manage") ? { empty } : {})}
      makings={[
        {
          label: t("adminAccess.keys.make"),
          lead: t("adminAccess.keys.makeLead"),
          form: (done) => (
            <KeyForm
              onMade={({ key }) => {
                done();
                setSecret(key);
              }}
              onCancel={() => done()}
            />
          ),
        },
      ]}
      rows={(data, open) => <KeyTable keys={data} filters={filters} more={keys.more} onOpen={open} />}
      detail={(apiKey, close) => ({
        title: apiKey.name,
        content: (
          <KeyDetail
            apiKey={apiKey}
            onRotated={({ key }) => {
              close();
              setSecret(key);
            }}
            onGone={close}
          />
        ),
      })}
    >
      <SecretOnce secret={secret} title={t("adminAccess.keys.secretTitle")} onClose={() => setSecret(null)} />
    </ListPage>
  );
}

type KeyTableProps = {
  keys: readonly ApiKeyRead[];
  filters: ReactNode;
  more: { hasMore: boolean; isBusy: boolean; load: () => void };
  onOpen: (key: ApiKeyRead) => void;
};

function KeyTable({ keys, filters, more, onOpen }: KeyTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useNames("user", [...new Set(keys.map(({ user_id }) => user_id))]);
  const columns: Column<ApiKeyRead>[] = [
    { id: "name", header: t("adminAccess.keys.name"), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: "prefix",
      header: t("adminAccess.keys.begins"),
      cell: ({ prefix }) => <code className="font-mono text-xs">{prefix}…</code>,
    },
    {
      id: "user",
      header: t("adminAccess.keys.actsFor"),
      cell: ({ user_id }) => nameOf(user_id),
      sort: ({ user_id }) => nameOf(user_id),
      isWide: true,
    },
    {
      id: "used",
      header: t("adminAccess.keys.lastUsed"),
      cell: ({ last_used_at: at }) => (at ? format.moment(at) : t("adminAccess.never")),
      sort: ({ last_used_at }) => last_used_at ?? "",
      isWide: true,
    },
    {
      id: "ends",
      header: t("adminAccess.keys.ends"),
      cell: ({ expires_at: at }) => <Ends at={at} />,
      sort: ({ expires_at }) => expires_at ?? "9999",
    },
  ];
  return (
    <DataTable
      label={t("admin.places.keys")}
      columns={columns}
      rows={keys}
      rowKey={({ id }) => id}
      words={({ name, prefix, user_id }) => `${name} ${prefix} ${nameOf(user_id)}`}
      filters={filters}
      more={more}
      onOpen={onOpen}
    />
  );
}
