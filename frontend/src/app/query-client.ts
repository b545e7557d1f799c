import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "#shared/api/errors.ts";

function isWorthRetrying(failures: number, error: Error): boolean {
  const passing = error instanceof ApiError && (error.code === "network" || error.status >= 500);
  return passing && failures < 2;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: isWorthRetrying, staleTime: 20_000 }, mutations: { retry: false } },
  });
}
