/** The picture of the network as a file of its own: with the style that it has on the page. */

const PROPERTIES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "opacity",
  "paint-order",
  "display",
];

export function networkAsSvg(page: Element): string {
  const shown = page.querySelector<SVGSVGElement>(".network .drawing > svg");
  if (!shown) return "";
  const copy = shown.cloneNode(true) as SVGSVGElement;
  const from = [shown, ...shown.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const property of PROPERTIES) {
      const value = style.getPropertyValue(property);
      if (value) to[i].setAttribute(property, value);
    }
    for (const name of ["class", "role", "tabindex", "aria-label"]) to[i].removeAttribute(name);
  });
  for (const unseen of copy.querySelectorAll("[display=none]")) unseen.remove();
  const { width, height } = shown.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return new XMLSerializer().serializeToString(copy);
}
