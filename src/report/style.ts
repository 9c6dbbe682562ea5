/** The page's style: light and dark as the reader's system says, and from telephone to wide screen. */
export const STYLE: string = `
:root { color-scheme: light dark; --paper: #ffffff; --back: #f4f6f8; --ink: #1d2833; --muted: #5a6773; --line: #b9c3cc; --grid: #e6eaee;
  --blue: #1f6fb4; --orange: #c25a0a; --green: #1f7f5f; --wrong: #c23b3b; --warn: #fff4dc; --warn-ink: #6b4a00; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #171d23; --back: #0e1317; --ink: #e4eaf0; --muted: #9aa8b5; --line: #4a5763; --grid: #28323b;
    --blue: #6bb1ee; --orange: #f2994a; --green: #5fcba2; --wrong: #ef7f7f; --warn: #33290f; --warn-ink: #f2d692; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif; }
header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 14px; }
p { margin: 0 0 12px; max-width: 75ch; overflow-wrap: anywhere; }
.muted, footer, figcaption small { color: var(--muted); }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 18px 0 10px; padding: 0; list-style: none; }
.figures li { background: var(--paper); border: 1px solid var(--grid); border-radius: 10px; padding: 10px 18px 12px; min-width: 116px; }
.figures b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures span { color: var(--muted); font-size: 13px; }
section { background: var(--paper); border: 1px solid var(--grid); border-radius: 10px; padding: 22px 26px; margin: 20px 0; min-width: 0; }
section.warnings { background: var(--warn); color: var(--warn-ink); border-color: transparent; }
.warnings ul { margin: 0; padding-left: 20px; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px 36px; align-items: start; }
.pair > * { min-width: 0; }
.pair > section { margin: 0; height: 100%; }
.outer { margin: 20px 0; gap: 20px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); }
figure { margin: 0; max-width: 680px; }
figcaption { font-weight: 600; margin-bottom: 6px; }
svg { width: 100%; height: auto; display: block; }
svg.narrow { display: none; }
@media (max-width: 600px) {
  svg.wide { display: none; }
  svg.narrow { display: block; }
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  section { padding: 18px 14px; }
  .figures li { flex: 1 1 40%; padding: 8px 12px; }
}
.scroll { overflow: auto; max-height: 460px; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--grid); }
th { color: var(--muted); font-weight: 500; }
thead th { position: sticky; top: 0; background: var(--paper); white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.words { max-width: 34ch; overflow-wrap: break-word; }
table.pairs { width: 100%; table-layout: fixed; }
table.pairs th { width: 48%; overflow-wrap: anywhere; }
table.pairs td { overflow-wrap: anywhere; }
table.matrix { border-collapse: separate; border-spacing: 2px; }
.matrix th, .matrix td { border: 0; padding: 4px 6px; }
.matrix thead th { text-align: center; white-space: nowrap; max-width: 12ch; overflow: hidden; text-overflow: ellipsis; }
.matrix tbody th { position: sticky; left: 0; background: var(--paper); text-align: right; white-space: nowrap; max-width: 16ch; overflow: hidden; text-overflow: ellipsis; }
.matrix td { text-align: center; min-width: 42px; border-radius: 4px; background: color-mix(in srgb, var(--tint) calc(100% * var(--share)), var(--paper)); }
.matrix td.right { --tint: var(--blue); }
.matrix td.wrong { --tint: var(--wrong); }
.matrix td.strong { color: var(--paper); }
.matrix td.none { color: var(--muted); }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); gap: 16px 12px; margin-bottom: 14px; }
.gallery figcaption { font-weight: 400; font-size: 13px; line-height: 1.35; margin: 6px 0 0; overflow-wrap: anywhere; }
.gallery img { width: 100%; max-width: 120px; height: auto; display: block; image-rendering: pixelated; border-radius: 6px; border: 1px solid var(--grid); }
.wrong-answer { color: var(--wrong); font-weight: 600; }
.missing { color: var(--muted); font-style: italic; }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--blue); }
details > * + * { margin-top: 8px; }
footer { padding-top: 4px; padding-bottom: 36px; font-size: 13.5px; overflow-wrap: anywhere; }
@media print { body { background: none; } .scroll { max-height: none; } section { break-inside: avoid; } }
`;
