/** Whether an evidence path stays in the run's folder: a record that was tampered with must not lead to other files. */
export function isBeside(path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  return !path.startsWith('/') && segments.length > 0 && !segments.some((s) => s === '..' || s.includes('\\'))
}
