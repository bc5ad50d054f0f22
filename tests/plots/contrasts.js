// The contrast of every visible text with the page behind it, as WCAG 2 defines it.
() => {
  const parse = colour => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = element => { for (let e = element; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor); if (colour.length === 3 || colour[3] > 0) return colour; } return [255, 255, 255]; };
  const seen = new Map();
  for (const element of document.querySelectorAll("body *:not(script):not(style)")) {
    if (element.closest("svg") || !element.checkVisibility() || ![...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [text, page] = [parse(getComputedStyle(element).color), behind(element)];
    const [a, b] = [light(text), light(page)].sort((x, y) => y - x);
    seen.set(element, {contrast: (a + .05) / (b + .05), text: element.textContent.slice(0, 40)});
  }
  return [...seen.values()];
}
