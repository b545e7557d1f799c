import { type ComponentType, lazy, Suspense } from "react";
import { loadWords } from "#shared/i18n/i18n.ts";
import { PendingPage } from "./pages.tsx";

/** A page that is fetched when it is first opened, together with what its area says (`shared/i18n/locales`). */
export function lazyPage<Props extends object>(area: string, load: () => Promise<ComponentType<Props>>) {
  const Page = lazy(async () => {
    const [page] = await Promise.all([load(), loadWords(area)]);
    return { default: page };
  }) as unknown as ComponentType<Props>;
  return function LazyPage(props: Props) {
    return (
      <Suspense fallback={<PendingPage />}>
        <Page {...props} />
      </Suspense>
    );
  };
}
