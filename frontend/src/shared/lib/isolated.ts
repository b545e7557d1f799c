const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
const ISOLATES = /[\u2066-\u2069]/g;
const [FIRST_STRONG, END] = ["\u2068", "\u2069"];

/**
 * A text that turns the direction of writing, so that it turns no more than itself in the sentence that it is put into:
 * https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
 */
export function isolated(text: string): string {
  return TURNS.test(text) ? `${FIRST_STRONG}${text.replace(ISOLATES, "")}${END}` : text;
}
