import type { ReactNode } from "react";
import { LoadProblem, Skeleton } from "./page.tsx";

type LoadedProps<Data> = {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown };
  rows?: number;
  children: (data: Data) => ReactNode;
};

/** What has been loaded; until then its shape, and where that failed the reason. */
export function Loaded<Data>({ query, rows, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <LoadProblem error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton {...(rows ? { rows } : {})} />;
}
