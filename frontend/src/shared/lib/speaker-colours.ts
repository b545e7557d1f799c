// What is kept of a persona's or participant's colour: it tints in both themes, and is never the colour of words.

export const SPEAKER_COLOURS = [
  "#2a9d8f",
  "#d97706",
  "#7c6fe0",
  "#d1495b",
  "#3b82c4",
  "#7a9e3c",
  "#b5679f",
  "#8a7f72",
] as const;

/** The colour that somebody was given, or the one of their place. */
export function speakerColour(own: string, place: number): string {
  return own || (SPEAKER_COLOURS[place % SPEAKER_COLOURS.length] ?? SPEAKER_COLOURS[0]);
}
