/** The part of AssemblyScript's compiler that is used. Its own declarations would declare `console` and `require` anew. */
export function main(
  args: string[],
  api: { writeFile(name: string, contents: Uint8Array): void },
): Promise<{ error: Error | null; stderr?: { toString(): string } }>;
