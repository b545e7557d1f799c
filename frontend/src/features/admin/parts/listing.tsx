import { type LucideIcon, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "#shared/ui/button.tsx";
import { Drawer } from "./drawer.tsx";
import { Loaded } from "./loaded.tsx";
import { Card, Empty, Page } from "./page.tsx";

/** Something that can be made: the name of its button, and the form in a drawer. */
type Making = {
  label: string;
  lead?: string;
  icon?: LucideIcon;
  /** Whether it is not what one should be led to. */
  isPlain?: boolean;
  /** Closes its drawer when it is done, and opens what was made where that is wanted. */
  form: (done: (openedId?: string) => void) => ReactNode;
};

type Opened = { title: string; lead?: string | null; content: ReactNode };

type Listed<Row> = {
  query: { data: readonly Row[] | undefined; error: unknown; refetch: () => unknown };
  /** The last one is what one is most likely here for. */
  makings?: readonly Making[];
  /** What is said while there is nothing; without it the rows say so themselves. */
  empty?: { title: string; text: string };
  idOf: (row: Row) => string;
  rows: (data: readonly Row[], open: (row: Row) => void) => ReactNode;
  /** One of them in detail. */
  detail?: (row: Row, close: () => void) => Opened;
};

/** What is being made and what is opened, of which one drawer shows one. */
function useListing<Row>({ query, makings = [], empty, idOf, detail }: Listed<Row>) {
  const [made, setMade] = useState<string | null>(null);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const making = makings.find(({ label }) => label === made) ?? null;
  const row = query.data?.find((one) => idOf(one) === openedId);
  const close = () => setOpenedId(null);
  return {
    making,
    make: setMade,
    isEmpty: empty !== undefined && query.data?.length === 0,
    opened: row === undefined ? null : (detail?.(row, close) ?? null),
    openedId,
    open: (one: Row) => setOpenedId(idOf(one)),
    close,
    done: (id?: string) => {
      setMade(null);
      if (id !== undefined) setOpenedId(id);
    },
  };
}

type Listing = ReturnType<typeof useListing>;

function Makers({ makings, onMake }: { makings: readonly Making[]; onMake: (label: string) => void }) {
  return makings.map(({ label, icon: Icon = Plus, isPlain = false }, place) => (
    <Button
      key={label}
      look={place === makings.length - 1 && !isPlain ? "primary" : "plain"}
      onClick={() => onMake(label)}
    >
      <Icon aria-hidden="true" className="size-4" />
      {label}
    </Button>
  ));
}

type BodyProps<Row> = { listed: Listed<Row>; listing: Omit<Listing, "open"> & { open: (row: Row) => void } };

function Body<Row>({ listed: { query, makings = [], empty, rows }, listing }: BodyProps<Row>) {
  const { making, opened } = listing;
  return (
    <>
      <Loaded query={query}>
        {(data) =>
          empty && listing.isEmpty ? (
            <Empty {...empty} action={<Makers makings={makings} onMake={listing.make} />} />
          ) : (
            rows(data, listing.open)
          )
        }
      </Loaded>
      <Drawer
        isForm
        open={making !== null}
        onClose={() => listing.done()}
        title={making?.label ?? ""}
        {...(making?.lead ? { lead: making.lead } : {})}
      >
        {making?.form(listing.done)}
      </Drawer>
      <Drawer
        open={opened !== null}
        onClose={listing.close}
        title={opened?.title ?? ""}
        {...(opened?.lead ? { lead: opened.lead } : {})}
      >
        <div key={listing.openedId}>{opened?.content}</div>
      </Drawer>
    </>
  );
}

type ListPageProps<Row> = Listed<Row> & {
  title: string;
  lead: string;
  actions?: ReactNode;
  children?: ReactNode;
};

/** A page that is a list: what can be made stands above it, and a row opens beside it. */
export function ListPage<Row>({ title, lead, actions, children, ...listed }: ListPageProps<Row>) {
  const listing = useListing(listed);
  return (
    <Page
      title={title}
      lead={lead}
      actions={
        <>
          {actions}
          {listing.isEmpty ? null : <Makers makings={listed.makings ?? []} onMake={listing.make} />}
        </>
      }
    >
      <Body listed={listed} listing={listing} />
      {children}
    </Page>
  );
}

type ListCardProps<Row> = Omit<Listed<Row>, "empty"> & { title: string; lead?: ReactNode; none: string };

/** A list as one matter of a page; while there is nothing it says so in a line. */
export function ListCard<Row>({ title, lead, none, ...listed }: ListCardProps<Row>) {
  const listing = useListing(listed);
  const rows: Listed<Row>["rows"] = (data, open) =>
    data.length === 0 ? <p className="text-faint text-sm">{none}</p> : listed.rows(data, open);
  return (
    <Card title={title} lead={lead} actions={<Makers makings={listed.makings ?? []} onMake={listing.make} />}>
      <Body listed={{ ...listed, rows }} listing={listing} />
    </Card>
  );
}
