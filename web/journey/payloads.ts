/** Scripts that somebody might type where a name, a reason or a text is asked for; each would set window.__hit or open a dialog. */
export const payloads = [
  `<script>window.__hit=1</script>`,
  `"><script>alert(1)</script>`,
  `</title><script>__hit=1</script>`,
  `</textarea><script>__hit=1</script>`,
  `<ScRiPt>__hit=1</sCrIpT>`,
  `<script src=data:,__hit=1></script>`,
  `<scr<script>ipt>__hit=1</script>`,
  `<img src=x onerror=__hit=1>`,
  `<img src=x onerror="window['__hit']=1">`,
  `<IMG SRC=javascript:__hit=1>`,
  `<img/src/onerror=alert(1)>`,
  `<svg onload=__hit=1>`,
  `<svg><script>__hit=1</script></svg>`,
  `<svg><animate onbegin=__hit=1 attributeName=x>`,
  `<math><mtext><img src onerror=__hit=1>`,
  `<body onload=__hit=1>`,
  `<details open ontoggle=__hit=1>`,
  `<input autofocus onfocus=__hit=1>`,
  `<video><source onerror=__hit=1>`,
  `<iframe src=javascript:__hit=1>`,
  `<iframe srcdoc="<script>top.__hit=1</script>">`,
  `<object data=javascript:__hit=1>`,
  `<embed src=javascript:__hit=1>`,
  `<form action=javascript:__hit=1><button>`,
  `<a href="javascript:__hit=1">a</a>`,
  `<base href=javascript:/a/-__hit=1//>`,
  `<meta http-equiv=refresh content=0;javascript:__hit=1>`,
  `<link rel=stylesheet href=data:,*{x:expression(__hit=1)}>`,
  `<div style="width:expression(__hit=1)">`,
  `<!--<img src="--><img src=x onerror=__hit=1>">`,
  `<![CDATA[<script>__hit=1</script>]]>`,
  `javascript:__hit=1`,
  `[m](javascript:__hit=1)`,
  `[n](JaVaScRiPt&colon;__hit=1)`,
  `![o](x"onerror="__hit=1)`,
  `<javascript:__hit=1>`,
  `[d](data:text/html,<script>__hit=1</script>)`,
  '{{constructor.constructor("__hit=1")()}}',
  '${window.__hit=1}',
  `＜script＞__hit=1＜/script＞ &lt;script&gt;__hit=1&lt;/script&gt;`,
]

/** packed joins the payloads into as few texts as a field of so many characters can hold. */
export function packed(most: number): string[] {
  const texts: string[] = []
  for (const p of payloads) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + 1 + p.length <= most) texts[texts.length - 1] = `${last} ${p}`
    else texts.push(p)
  }
  return texts
}
