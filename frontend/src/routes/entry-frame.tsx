import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AppName } from "#shared/ui/app-name.tsx";
import { Mark } from "#shared/ui/mark.tsx";

/** The frame of every page for who is not signed in. What grows, grows downward: nothing moves under a pointer. */
export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className="relative flex min-h-full flex-col items-center overflow-hidden bg-side px-5 pt-[clamp(1.5rem,9vh,7rem)] pb-10">
      <title>{`${title} · ${t("app.name")}`}</title>
      <Mark className="pointer-events-none fixed -end-40 -bottom-48 size-[44rem] opacity-[0.05]" />
      <div className="relative w-full max-w-[23.5rem]">
        <div className="mb-8 text-center">
          <Mark className="mx-auto mb-4 size-12" />
          <p className="font-display text-[2rem] leading-none tracking-[-0.015em]">
            <AppName />
          </p>
          <p className="mt-2.5 text-soft">{t("signIn.lead")}</p>
        </div>
        {children}
      </div>
    </main>
  );
}
