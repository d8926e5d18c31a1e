import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';

const style = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--page:#f6f7f9;--card:#fff;--good:#18733f;--warn:#8a5a00;--bad:#b3261e;--data:#2457a7;--goodbg:#e5f4ea;--warnbg:#fdf1d8;--badbg:#fbe6e4;--mark:#fff3c4}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa6b4;--line:#323b47;--page:#12161c;--card:#1a2028;--good:#6fcf97;--warn:#f0b95a;--bad:#ff8a80;--data:#8ab4f8;--goodbg:#15301f;--warnbg:#37290e;--badbg:#3a1917;--mark:#4a3d10}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:26px;line-height:1.25;margin:4px 0 6px}
h2{font-size:18px;margin:36px 0 10px}
h3{font-size:16px;margin:0;display:flex;justify-content:space-between;gap:16px;overflow-wrap:anywhere}
p{margin:6px 0}
a{color:inherit}
code,pre,.mono{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;margin:8px 0 0}
.soft{color:var(--soft)}
.verdict{border-left:6px solid;border-radius:8px;padding:16px 20px;background:var(--card)}
.verdict.good{border-color:var(--good);background:var(--goodbg)}.verdict.warn{border-color:var(--warn);background:var(--warnbg)}.verdict.bad{border-color:var(--bad);background:var(--badbg)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:12px;margin:16px 0 0;padding:0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.tile dt{color:var(--soft);font-size:13px}.tile dd{margin:0;font-size:17px;font-weight:600}
.bar{display:block;width:100%;height:12px;margin:16px 0 6px;border-radius:6px}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;margin:0;padding:0;list-style:none;font-size:14px}
.create{fill:var(--good);color:var(--good)}.update,.replace{fill:var(--warn);color:var(--warn)}.delete{fill:var(--bad);color:var(--bad)}.write{fill:var(--data);color:var(--data)}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin:10px 0}
.card.bad{border-left:5px solid var(--bad)}.card.warn{border-left:5px solid var(--warn)}.card.note{border-left:5px solid var(--line)}
.card p:first-child{margin-top:0}
.step{border-top:1px solid var(--line);padding:14px 0 6px;margin-top:14px}
.sign{display:inline-block;min-width:1.2em;font-weight:700}
.tag{border:1px solid var(--line);border-radius:10px;padding:0 8px;font-size:13px;color:var(--soft)}
.pair{width:100%;border-collapse:collapse;margin:10px 0 4px;table-layout:fixed}
.pair th,.pair td,.list th,.list td{text-align:left;vertical-align:top;padding:4px 8px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.pair th:first-child{width:30%}
.pair thead th,.list thead th{color:var(--soft);font-weight:500;font-size:13px}
.pair tbody th{font-weight:500}
.pair tr.differs td{background:var(--mark)}
.list{width:100%;border-collapse:collapse}
details{margin:4px 0}summary{cursor:pointer;color:var(--soft);font-size:14px}
.facts{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;color:var(--soft)}
.scroll{overflow-x:auto;padding:4px 0}
svg text{font:12px ui-sans-serif,system-ui,sans-serif;fill:var(--ink)}
svg .who{font-weight:600}
svg rect.plain,svg rect.warn,svg rect.bad{fill:var(--card);stroke:var(--line);stroke-width:1.5}
svg rect.warn{stroke:var(--warn);fill:var(--warnbg)}svg rect.bad{stroke:var(--bad);fill:var(--badbg)}
svg path{fill:none;stroke:var(--soft);stroke-width:1.3}
svg marker path{fill:var(--soft);stroke:none}
.search{width:100%;padding:9px 12px;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px}
:target{outline:2px solid var(--data);outline-offset:4px;border-radius:4px}
[hidden]{display:none}
footer{margin-top:40px;color:var(--soft);font-size:13px}
@media (max-width:640px){main{padding:16px 12px}h1{font-size:21px}}
@media print{body{background:#fff}main{max-width:none;padding:0}.search{display:none}.card,.step,.tile{break-inside:avoid}}
`;

/** Hides what does not hold the words that are looked for. */
const script = `
const box=document.getElementById('search');if(box)box.hidden=false;
box?.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const part of document.querySelectorAll('[data-part]')){const text=part.textContent.toLowerCase();part.hidden=!words.every((word)=>text.includes(word))}
for(const whole of document.querySelectorAll('[data-whole]'))whole.hidden=!whole.querySelector('[data-part]:not([hidden])')});
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the page may do: show itself and run its own script; no request leaves it. */
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;

/** A page that is one file: nothing is loaded, and without scripts only the search is missing. */
export function page(title: string, body: Html): string {
  const { markup } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${body}
</main>
<script>${{ markup: script }}</script>
</body>
</html>
`;
  return markup;
}
