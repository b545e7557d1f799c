import { useTranslation } from "react-i18next";

/** The shape of a conversation while it is fetched; it appears late, so that a fast answer never flickers. */
export function LoadingRows() {
  const { t } = useTranslation();
  const bar = "h-4 rounded-md bg-hover";
  return (
    <div className="mx-auto max-w-[46rem] animate-late space-y-8 px-6 pt-8">
      <p className="sr-only">{t("app.loading")}</p>
      <div aria-hidden="true" className="ms-auto h-11 w-2/5 rounded-[1.25rem] bg-hover" />
      <div aria-hidden="true" className="space-y-3 ps-10">
        <div className={`${bar} w-11/12`} />
        <div className={`${bar} w-4/5`} />
        <div className={`${bar} w-2/3`} />
      </div>
    </div>
  );
}
