import { useTranslation } from "react-i18next";
import { adminKeys, usePages } from "#features/admin/parts/api.ts";
import { Badge } from "#features/admin/parts/badge.tsx";
import { type Column, DataTable } from "#features/admin/parts/data-table.tsx";
import { Facts } from "#features/admin/parts/drawer.tsx";
import { ListPage } from "#features/admin/parts/listing.tsx";
import { Removal } from "#features/admin/parts/removal.tsx";
import { useFormat } from "#features/admin/parts/use-format.ts";
import { useNames } from "#features/admin/parts/use-names.ts";
import type { TenantShareRead } from "#shared/api/schema.d.ts";

/** Links of everybody to conversations: whose, for whom, until when; and the end of any. */
export function SharesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const shares = usePages<TenantShareRead>(adminKeys.shares, "/shares", { limit: 100 });
  const nameOf = useNames("user", [...new Set(shares.data?.map(({ owner_id }) => owner_id) ?? [])]);
  const columns: Column<TenantShareRead>[] = [
    {
      id: "owner",
      header: t("adminSafety.shares.whose"),
      cell: ({ owner_id }) => nameOf(owner_id),
      sort: ({ owner_id }) => nameOf(owner_id),
    },
    { id: "audience", header: t("adminSafety.shares.audience"), cell: (share) => <Audience share={share} /> },
    {
      id: "made",
      header: t("adminSafety.shares.made"),
      cell: ({ created_at }) => format.moment(created_at),
      sort: ({ created_at }) => created_at,
      isWide: true,
    },
    {
      id: "until",
      header: t("adminSafety.shares.until"),
      cell: ({ open_until: until }) => (until ? format.moment(until) : t("adminSafety.shares.closed")),
      sort: ({ open_until }) => open_until ?? "",
      isWide: true,
    },
    {
      id: "views",
      header: t("adminSafety.shares.views"),
      cell: ({ views }) => format.whole(views),
      sort: ({ views }) => views,
      isNumber: true,
    },
  ];
  return (
    <ListPage
      title={t("admin.places.shares")}
      lead={t("adminSafety.shares.lead")}
      query={shares}
      idOf={({ id }) => id}
      empty={{ title: t("adminSafety.shares.emptyTitle"), text: t("adminSafety.shares.emptyText") }}
      rows={(data, open) => (
        <DataTable
          label={t("admin.places.shares")}
          columns={columns}
          rows={data}
          rowKey={({ id }) => id}
          words={({ owner_id }) => nameOf(owner_id)}
          more={shares.more}
          onOpen={open}
        />
      )}
      detail={(share, close) => ({
        title: t("adminSafety.shares.of", { name: nameOf(share.owner_id) }),
        lead: t("adminSafety.shares.detailLead"),
        content: <ShareDetail share={share} onGone={close} />,
      })}
    />
  );
}

function Audience({ share }: { share: TenantShareRead }) {
  const { t } = useTranslation();
  if (!share.open_until) return <Badge>{t("adminSafety.shares.closed")}</Badge>;
  return (
    <Badge tone={share.audience === "anybody" ? "warn" : "good"}>{t(`adminSafety.audiences.${share.audience}`)}</Badge>
  );
}

function ShareDetail({ share, onGone }: { share: TenantShareRead; onGone: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="space-y-6">
      <Facts
        facts={[
          [t("adminSafety.shares.audience"), t(`adminSafety.audiences.${share.audience}`)],
          [t("adminSafety.shares.made"), format.moment(share.created_at)],
          [
            t("adminSafety.shares.until"),
            share.open_until ? format.moment(share.open_until) : t("adminSafety.shares.closed"),
          ],
          [t("adminSafety.shares.views"), format.whole(share.views)],
          [t("adminSafety.shares.seen"), share.last_viewed_at ? format.moment(share.last_viewed_at) : "–"],
          [
            t("adminSafety.shares.leftOut"),
            share.left_out.map((one) => t(`adminSafety.leftOut.${one}`)).join(", ") || "–",
          ],
          [t("adminSafety.shares.masked"), t(share.masked ? "adminSafety.yes" : "adminSafety.no")],
        ]}
      />
      <Removal
        path={`/shares/${share.id}`}
        changes={[adminKeys.shares]}
        action={t("adminSafety.shares.revoke")}
        title={t("adminSafety.shares.revokeTitle")}
        text={t("adminSafety.shares.revokeText")}
        said={t("adminSafety.shares.revoked")}
        onGone={onGone}
      />
    </div>
  );
}
