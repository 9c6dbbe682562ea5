/** The folder of prebuilds/ for the running machine: `linux-x64`, `linux-arm64-musl`, `darwin-arm64`, `win32-x64`. */
export function platformName() {
  const musl =
    process.platform === 'linux' &&
    !(
      /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport()).header
        .glibcVersionRuntime
    );
  return `${process.platform}-${process.arch}${musl ? '-musl' : ''}`;
}
