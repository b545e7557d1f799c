import { TextField } from "#shared/ui/field.tsx";

/** What a message brought: unseen where its link opened this page, typed where it held a code alone. */
export function TokenField({ token, label }: { token: string; label: string }) {
  if (token !== "") return <input type="hidden" name="token" value={token} />;
  return (
    <TextField
      label={label}
      name="token"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      className="font-mono"
      autoFocus
    />
  );
}
