import type { QueryKey } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Line } from "./fields.tsx";
import { Form } from "./form.tsx";

type GraveFormProps<Answer> = {
  act: (data: FormData) => Promise<Answer>;
  changes: readonly QueryKey[];
  onDone: (answer: Answer) => void;
  onCancel: () => void;
  submit: string;
  /** What will happen, in words. */
  happens: readonly string[];
  /** What has to be typed out; while it is empty nothing can be sent. */
  expected: string;
  children?: ReactNode;
};

/** Something that nobody can undo: it says what will happen, and wants a name typed out. */
export function GraveForm<Answer>({ happens, expected, children, ...rest }: GraveFormProps<Answer>) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  return (
    <Form {...rest} isGrave isReady={expected !== "" && typed.trim() === expected}>
      {children}
      <ul className="list-disc space-y-1.5 rounded-xl bg-danger-wash py-3 ps-8 pe-4 text-danger text-sm">
        {happens.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <Line
        name="typed"
        label={expected ? t("admin.grave.type", { name: expected }) : t("admin.grave.chooseFirst")}
        disabled={expected === ""}
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </Form>
  );
}
