/** A stretch of time as exactly as an estimate is: "20 s", "4 min", "1 h 10 min". */
export function roughly(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 55) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes < 60) return `${minutes} min`
  const tens = Math.round(minutes / 10) * 10
  return tens % 60 === 0 ? `${tens / 60} h` : `${Math.floor(tens / 60)} h ${tens % 60} min`
}

/** "17:05", as the clock on the reader's wall has it. */
export function clockTime(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}
