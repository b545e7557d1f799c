import { useMutation } from "@tanstack/react-query";
import { FolderArchive } from "lucide-react";
import { useTranslation } from "react-i18next";
import { request } from "#shared/api/client.ts";
import { asApiError } from "#shared/api/errors.ts";
import { saveFile } from "#shared/lib/save-file.ts";
import { Button } from "#shared/ui/button.tsx";
import { ProblemNote } from "#shared/ui/problem-note.tsx";
import { Section } from "#shared/ui/section.tsx";

/** All that is kept of the reader, as a file; and who erases it. */
export function OwnData({ organisation }: { organisation: string }) {
  const { t } = useTranslation();
  const own = useMutation({
    mutationFn: async () => {
      const answer = await request("/privacy/exports", {
        method: "POST",
        body: {},
        headers: { accept: "application/zip" },
      });
      saveFile(await answer.blob(), "my-data.zip");
    },
  });
  return (
    <>
      <Section
        title={t("prefs.ownData")}
        lead={t("prefs.ownDataLead")}
        action={
          <Button disabled={own.isPending} onClick={() => own.mutate()}>
            <FolderArchive aria-hidden="true" className="size-4" />
            {own.isPending ? t("prefs.preparing") : t("prefs.getData")}
          </Button>
        }
      >
        <p role="status" className="sr-only">
          {own.isSuccess ? t("prefs.dataReady") : ""}
        </p>
        {own.isError ? <ProblemNote error={asApiError(own.error)} className="mt-4" /> : null}
      </Section>
      <Section title={t("prefs.erase")} lead={t("prefs.eraseLead", { organisation })} />
    </>
  );
}
