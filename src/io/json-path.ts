/** Where the numbers of a report's page go: run.html has run.json beside it; a name with another ending gets `.json` behind it. */
export function jsonPathOf(path: string): string {
  return `${path.replace(/\.html?$/i, '')}.json`;
}
