/** Whether an input method has the key: what it takes over, ends or gives up with it is its own. */
export function isComposing(event: { isComposing: boolean; keyCode: number }): boolean {
  // 229: Safari ends the composition before it reports the Enter that ended it.
  return event.isComposing || event.keyCode === 229;
}
