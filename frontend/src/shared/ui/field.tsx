import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { IconButton } from "./icon-button.tsx";

const FIELD =
  "h-11 w-full rounded-xl border border-control bg-card px-3.5 transition-colors focus-visible:border-accent focus-visible:outline-offset-1";

type FieldProps = Omit<ComponentProps<"input">, "id"> & { label: string };

/** A line of text with its label above. */
export function TextField({ label, className, ...rest }: FieldProps) {
  return (
    <label className="block">
      <span className="mb-1.5 block font-medium text-sm">{label}</span>
      <input type="text" className={cx(FIELD, className)} {...rest} />
    </label>
  );
}

/** A password, which may be looked at. */
export function PasswordField({ label, className, ...rest }: FieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {label}
      </label>
      <div className="relative">
        <input id={id} type={shown ? "text" : "password"} className={cx(FIELD, "pe-12", className)} {...rest} />
        <IconButton
          icon={shown ? EyeOff : Eye}
          label={shown ? t("signIn.hide") : t("signIn.show")}
          onClick={() => setShown(!shown)}
          className="absolute end-1 top-1"
        />
      </div>
    </div>
  );
}

/** The six digits that an authenticator app shows: phones offer the keypad, and browsers what came by message. */
export function CodeField({ className, ...rest }: FieldProps) {
  return (
    <TextField
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={12}
      spellCheck={false}
      className={cx("font-mono text-lg tracking-[0.3em]", className)}
      {...rest}
    />
  );
}
