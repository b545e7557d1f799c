import { useFormat } from "./use-format.ts";

/** USD to the last digit that the server tells; what is less than a cent is written small. */
export function Money({ usd }: { usd: string }) {
  const { usdParts } = useFormat();
  return (
    <span className="whitespace-nowrap tabular-nums">
      {usdParts(usd).map(({ type, value }) =>
        type === "fraction" && value.length > 2 ? (
          <span key={type}>
            {value.slice(0, 2)}
            <span className="text-[0.78em] text-faint">{value.slice(2)}</span>
          </span>
        ) : (
          value
        ),
      )}
    </span>
  );
}
