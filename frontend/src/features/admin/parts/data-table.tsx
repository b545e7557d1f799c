import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { Button } from "#shared/ui/button.tsx";
import { SearchField } from "./search-field.tsx";
import { type Order, sorted } from "./sorting.ts";

export type Column<Row> = {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** By what rows are put in order when somebody asks for it. */
  sort?: (row: Row) => string | number;
  /** Figures stand at the end. */
  isNumber?: boolean;
  /** Left out where the window is narrow; the drawer tells it there. */
  isWide?: boolean;
};

type DataTableProps<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Opens a row's detail; then its first cell is a button. */
  onOpen?: (row: Row) => void;
  /** The words of a row among which one looks; without it there is no field to look with. */
  words?: (row: Row) => string;
  filters?: ReactNode;
  more?: { hasMore: boolean; isBusy: boolean; load: () => void };
};

/** Rows that can be looked through, put in order and opened. */
export function DataTable<Row>({ label, columns, rows, rowKey, onOpen, words, filters, more }: DataTableProps<Row>) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<Order | null>(null);
  const [q, setQ] = useState("");
  const wanted = q.trim().toLocaleLowerCase();
  const shown = words && wanted ? rows.filter((row) => words(row).toLocaleLowerCase().includes(wanted)) : rows;
  const by = columns.find((column) => column.id === order?.column)?.sort;
  const inOrder = by && order ? sorted(shown, by, order) : shown;
  return (
    <div>
      {words || filters ? (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          {words ? <SearchField value={q} onChange={setQ} label={t("admin.table.filter", { name: label })} /> : null}
          {filters}
          {wanted ? (
            <p role="status" className="text-faint text-xs">
              {t("admin.table.found", { count: shown.length })}
            </p>
          ) : null}
        </div>
      ) : null}
      <div className="overflow-x-auto rounded-2xl border border-line bg-card">
        <table aria-label={label} className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-line border-b bg-side/60 text-faint text-xs">
              {columns.map((column) => (
                <Header key={column.id} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {inOrder.map((row) => (
              <Row key={rowKey(row)} row={row} columns={columns} {...(onOpen ? { onOpen } : {})} />
            ))}
          </tbody>
        </table>
        {inOrder.length === 0 ? (
          <p className="px-4 py-6 text-center text-soft text-sm">{t("admin.table.nothing")}</p>
        ) : null}
      </div>
      {more?.hasMore ? (
        <Button className="mt-3" disabled={more.isBusy} onClick={more.load}>
          {more.isBusy ? t("admin.table.loading") : t("admin.table.more")}
        </Button>
      ) : null}
    </div>
  );
}

function edge<Row>(column: Column<Row>): string {
  return cx(column.isNumber ? "text-end" : "text-start", column.isWide && "max-md:hidden");
}

type HeaderProps<Row> = { column: Column<Row>; order: Order | null; onOrder: (order: Order) => void };

function Header<Row>({ column, order, onOrder }: HeaderProps<Row>) {
  const isIt = order?.column === column.id;
  const Arrow = isIt && order.isDown ? ArrowDown : ArrowUp;
  if (!column.sort) {
    return (
      <th scope="col" className={cx("px-3 py-2 font-medium", edge(column))}>
        {column.header}
      </th>
    );
  }
  return (
    <th
      scope="col"
      aria-sort={isIt ? (order.isDown ? "descending" : "ascending") : "none"}
      className={cx("px-1.5 py-1 font-medium", edge(column))}
    >
      <button
        type="button"
        onClick={() => onOrder({ column: column.id, isDown: isIt ? !order.isDown : column.isNumber === true })}
        className={cx(
          "group inline-flex items-center gap-1 rounded-md px-1.5 py-1 hover:bg-hover hover:text-ink",
          column.isNumber && "flex-row-reverse",
        )}
      >
        {column.header}
        <Arrow
          aria-hidden="true"
          className={cx("size-3", isIt ? "text-accent" : "opacity-0 group-hover:opacity-60 group-focus:opacity-60")}
        />
      </button>
    </th>
  );
}

type RowProps<Row> = { row: Row; columns: readonly Column<Row>[]; onOpen?: (row: Row) => void };

function Row<Row>({ row, columns, onOpen }: RowProps<Row>) {
  return (
    <tr className={cx("relative border-line border-b last:border-b-0", onOpen && "hover:bg-hover/60")}>
      {columns.map((column, place) => (
        <td
          key={column.id}
          className={cx("px-3 py-2 align-middle", edge(column), column.isNumber && "whitespace-nowrap tabular-nums")}
        >
          {place === 0 && onOpen ? (
            <button
              type="button"
              onClick={() => onOpen(row)}
              className="rounded-md text-start font-medium after:absolute after:inset-0 hover:text-accent"
            >
              {column.cell(row)}
            </button>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}
