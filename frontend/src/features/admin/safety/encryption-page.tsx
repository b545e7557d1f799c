import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys, answerQuery } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Drawer } from "#features/admin/parts/drawer.tsx";
import { GraveForm } from "#features/admin/parts/grave-form.tsx";
import { Loaded } from "#features/admin/parts/loaded.tsx";
import { Card, Empty, Page } from "#features/admin/parts/page.tsx";
import { Receipt } from "#features/admin/parts/receipt.tsx";
import { useAdmin } from "#features/admin/parts/use-admin.ts";
import { useChange } from "#features/admin/parts/use-change.ts";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { json } from "#shared/api/client.ts";
import type { DataKeyList, DataKeyRead, ReceiptRead, RotationRead } from "#shared/api/schema.d.ts";
import { Button } from "#shared/ui/button.tsx";
import { CopyButton } from "#shared/ui/copy-button.tsx";

/** The keys with which the organisation's words are sealed: changed without a stop, or destroyed for good. */
export function EncryptionPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const keys = useQuery(answerQuery<DataKeyList>(adminKeys.encryption, "/encryption/keys"));
  const columns: Column<DataKeyRead>[] = [
    { id: "version", header: t("adminSafety.keys.version"), cell: ({ version }) => format.whole(version) },
    { id: "state", header: t("adminSafety.keys.state"), cell: (key) => <State dataKey={key} /> },
    { id: "made", header: t("adminSafety.keys.made"), cell: ({ created_at }) => format.moment(created_at) },
    {
      id: "retired",
      header: t("adminSafety.keys.retired"),
      cell: ({ retired_at: at, destroyed_at: gone }) => (gone || at ? format.moment(gone ?? at ?? "") : "–"),
      isWide: true,
    },
  ];
  return (
    <Page title={t("admin.places.encryption")} lead={t("adminSafety.keys.lead")}>
      <Loaded query={keys}>
        {({ data, receipt_keys }) => (
          <>
            {data.length === 0 ? (
              <Empty title={t("adminSafety.keys.emptyTitle")} text={t("adminSafety.keys.emptyText")} />
            ) : (
              <DataTable
                label={t("admin.places.encryption")}
                columns={columns}
                rows={data.toReversed()}
                rowKey={({ id }) => id}
              />
            )}
            <div className="grid items-start gap-4 lg:grid-cols-2">
              <Rotation />
              <Destruction />
            </div>
            <Card title={t("adminSafety.keys.receipts")} lead={t("adminSafety.keys.receiptsLead")}>
              <ul className="space-y-1">
                {receipt_keys.map((key) => (
                  <li key={key} className="flex items-center gap-1.5">
                    <code dir="ltr" className="select-all break-all font-mono text-xs">
                      {key}
                    </code>
                    <CopyButton text={key} label={t("adminSafety.keys.copyReceiptKey")} />
                  </li>
                ))}
              </ul>
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function State({ dataKey }: { dataKey: DataKeyRead }) {
  const { t } = useTranslation();
  if (dataKey.destroyed_at) return <Badge tone="bad">{t("adminSafety.keys.destroyed")}</Badge>;
  if (dataKey.retired_at) return <Badge>{t("adminSafety.keys.opens")}</Badge>;
  return <Badge tone="good">{t("adminSafety.keys.seals")}</Badge>;
}

function Rotation() {
  const { t } = useTranslation();
  const format = useFormat();
  const rotate = useChange({
    act: () => json<RotationRead>("/encryption/rotate", { method: "POST" }),
    changes: [adminKeys.encryption],
    said: t("adminSafety.keys.rotated"),
  });
  return (
    <Card title={t("adminSafety.keys.rotate")} lead={t("adminSafety.keys.rotateLead")}>
      <Button disabled={rotate.isPending} onClick={() => rotate.mutate(undefined)}>
        {rotate.isPending ? t("adminSafety.keys.rotating") : t("adminSafety.keys.rotate")}
      </Button>
      <p role="status" className="mt-3 text-sm text-soft empty:hidden">
        {rotate.data
          ? t("adminSafety.keys.resealed", {
              count: rotate.data.resealed,
              number: format.whole(rotate.data.resealed),
            })
          : ""}
      </p>
    </Card>
  );
}

function Destruction() {
  const { t } = useTranslation();
  const { session } = useAdmin();
  const [isOpen, setOpen] = useState(false);
  const [receipt, setReceipt] = useState<ReceiptRead | null>(null);
  const close = () => {
    setOpen(false);
    setReceipt(null);
  };
  let content: ReactNode;
  if (receipt) {
    content = <Receipt receipt={receipt} name="chimera-keys-destroyed.json" />;
  } else {
    content = (
      <GraveForm
        act={(data) =>
          json<ReceiptRead>("/encryption/keys", { method: "DELETE", query: { name: String(data.get("typed")).trim() } })
        }
        changes={[adminKeys.encryption]}
        onDone={setReceipt}
        onCancel={close}
        submit={t("adminSafety.keys.destroy")}
        happens={[
          t("adminSafety.keys.loses"),
          t("adminSafety.keys.losesToo"),
          t("adminSafety.keys.keeps"),
          t("adminSafety.keys.never"),
        ]}
        expected={session.tenant.name}
      />
    );
  }
  return (
    <Card title={t("adminSafety.keys.destroy")} lead={t("adminSafety.keys.destroyLead")}>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t("adminSafety.keys.destroyAsk")}
      </Button>
      <Drawer
        isForm
        open={isOpen}
        onClose={close}
        title={t(receipt ? "adminSafety.keys.destroyedNow" : "adminSafety.keys.destroy")}
        lead={t(receipt ? "adminSafety.keys.receiptLead" : "adminSafety.keys.destroyLead")}
      >
        {content}
      </Drawer>
    </Card>
  );
}
