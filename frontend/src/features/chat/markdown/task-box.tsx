import { useTranslation } from "react-i18next";

/** The box of a task in a list: it shows a state and cannot be changed. */
export function TaskBox({ done }: { done: boolean }) {
  const { t } = useTranslation();
  return <input type="checkbox" checked={done} disabled aria-label={done ? t("chat.taskDone") : t("chat.taskOpen")} />;
}
