// The numbers of an explanation. Pointing at one lights up what it is made from; a click, a tap or
// Enter pins it, goes to where it was made, and lists what it is made from and goes into. Esc lets
// go, Back retraces. The arrow keys walk from number to number, up and down from line to line.
// In the page a number's place is data-id where it is made; data-of where it is used in data-in.
document.querySelectorAll(".gn-explain:not([data-ready])").forEach((root, index) => {
  root.dataset.ready = "";
  const panel = root.querySelector(".sources");
  const numbers = [...root.querySelectorAll("[data-id], [data-of]")];
  const by = name => {
    const found = new Map();
    for (const number of numbers) {
      const id = number.dataset[name];
      if (id && !found.has(id)) found.set(id, []);
      if (id) found.get(id).push(number);
    }
    return id => found.get(id) ?? [];
  };
  const [made, used, within] = [by("id"), by("of"), by("in")];
  const idOf = number => number.dataset.id ?? number.dataset.of;
  const numberAt = event => event.target.closest?.("[data-id], [data-of]");

  // What is lit
  const sources = id => within(id).flatMap(part => [part, ...made(part.dataset.of)]);
  const related = (id, number) =>
    made(id).includes(number) ? [number, ...sources(id)] : [number, ...made(id), ...used(id)];
  const light = (id, number) => {
    root.querySelectorAll(".lit").forEach(lit => lit.classList.remove("lit"));
    if (id) related(id, number).forEach(lit => lit?.classList.add("lit"));
  };

  // The panel: a number, what it is made from, and what it goes into
  const element = (tag, text, inner = []) => {
    const made = document.createElement(tag);
    made.append(text, ...inner);
    return made;
  };
  const button = (text, act) => {
    const made = element("button", text);
    made.type = "button";
    made.onclick = act;
    return made;
  };
  const written = number => {
    const symbol = number.title.slice(0, number.title.lastIndexOf(" = "));
    return `${symbol} = ${number.textContent}`;
  };
  const list = (heading, ids) => {
    const known = [...new Set(ids)].map(id => [id, made(id)[0] ?? used(id)[0]]);
    const items = known.filter(([, number]) => number).map(
      ([id, number]) => element("li", button(written(number), () => go(id))));
    return items.length ? [element("h4", heading), element("ul", "", items)] : [];
  };
  const section = number => {
    const names = [];
    for (let at = number.closest("details"); root.contains(at); at = at.parentElement.closest("details"))
      names.unshift(at.firstElementChild.firstChild.textContent.trim());
    return names.join(", ");
  };
  // Weights, biases and settings are given; of what was worked out not all is on the page.
  const isGiven = id => !id || /^(m\d+\.)?[wb]\d/.test(id);
  const option = id => {
    const [, row, node] = /(?:^|\.)r(\d+)\.(?:(?:z|a|da|d|s)(\d+\.\d+)$)?/.exec(id) ?? [];
    if (row && !root.querySelector(`[data-id^="r${row}."]`)) return `--row ${row}`;
    return node ? `--node ${node}` : "--node all";
  };
  const origin = id => {
    if (made(id).length) return section(made(id)[0]);
    return isGiven(id) ? "given" : `worked out, but not shown on this page: ${option(id)} shows it`;
  };
  const describe = (id, number) => {
    const heading = element("p", number.title);
    heading.className = "number";
    const where = element("p", origin(id));
    where.className = "quiet";
    panel.replaceChildren(heading, where, ...list("Made from", within(id).map(n => n.dataset.of)),
      ...list("Goes into", used(id).map(n => n.dataset.in)));
  };

  // What is pinned: the last of the trail
  let trail = [];
  const hint = [...panel.childNodes];
  const show = (clicked = null) => {
    const id = trail.at(-1);
    const number = id && (made(id)[0] ?? clicked ?? used(id)[0]);
    root.querySelectorAll("[aria-pressed]").forEach(old => old.removeAttribute("aria-pressed"));
    panel.classList.toggle("pinned", Boolean(number));
    light(id, number);
    if (!number) return panel.replaceChildren(...hint);
    number.setAttribute("aria-pressed", "true");
    describe(id, number);
    const keys = element("p", button("Back", back), [button("Let go", letGo)]);
    keys.className = "keys";
    panel.append(keys);
    reveal(number);
  };
  const reveal = number => {
    for (let at = number.closest("details"); at; at = at.parentElement.closest("details"))
      at.open = true;
    number.focus({preventScroll: true});
    number.scrollIntoView({block: "nearest", inline: "nearest"});
  };
  // A page of our own has the browser's Back too; a notebook's history is not ours to write.
  const isOurs = root.closest("body.gn") !== null;
  const follow = (ids, clicked) => {
    trail = ids;
    if (isOurs) history.pushState({explained: [index, ...trail]}, "");
    show(clicked);
  };
  const go = (id, clicked = null) => {
    if (trail.at(-1) !== id) follow([...trail, id], clicked);
    else if (clicked?.ariaPressed) letGo();
    else show(clicked);
  };
  const back = () => isOurs ? history.back() : follow(trail.slice(0, -1));
  const letGo = () => { if (trail.length) follow([]); };
  if (isOurs) addEventListener("popstate", event => {
    const [of, ...ids] = event.state?.explained ?? [];
    trail = of === index ? ids : [];
    show();
  });

  // One number at a time can be reached by Tab, the others from it by arrow keys.
  let stop = numbers[0];
  const stopAt = number => { stop.tabIndex = -1; number.tabIndex = 0; stop = number; };
  const isShown = number => !root.contains(number.closest("details:not([open])"));
  const next = (from, step, fits = () => true) => {
    let at = numbers.indexOf(from) + step;
    while (numbers[at] && !(isShown(numbers[at]) && fits(numbers[at]))) at += step;
    return numbers[at];
  };
  const top = number => Math.round(number.getBoundingClientRect().bottom);
  const line = (from, step) => next(from, step, number => Math.abs(top(number) - top(from)) > 4);
  const KEYS = {
    ArrowRight: number => next(number, 1), ArrowLeft: number => next(number, -1),
    ArrowDown: number => line(number, 1), ArrowUp: number => line(number, -1),
    Home: () => numbers.find(isShown), End: () => numbers.findLast(isShown),
  };
  const reachable = () => { if (!isShown(stop)) stopAt(numbers.find(isShown) ?? stop); };
  for (const number of numbers) {
    number.tabIndex = -1;
    number.setAttribute("role", "button");
  }
  if (stop) stopAt(stop);
  if (stop) reachable();
  root.addEventListener("toggle", reachable, true);

  const preview = event => {
    const number = numberAt(event);
    if (!number) return;
    light(idOf(number), number);
    if (!trail.length) describe(idOf(number), number);
  };
  const endPreview = () => {
    const pinned = root.querySelector("[aria-pressed]");
    light(trail.at(-1), pinned);
    if (!pinned) panel.replaceChildren(...hint);
  };
  root.addEventListener("mouseover", preview);
  root.addEventListener("mouseleave", endPreview);
  root.addEventListener("focusin", event => {
    preview(event);
    if (numberAt(event)) stopAt(numberAt(event));
  });
  root.addEventListener("click", event => {
    const number = numberAt(event);
    if (number && getSelection().isCollapsed) go(idOf(number), number);
  });
  root.addEventListener("keydown", event => {
    const number = numberAt(event);
    if (event.key === "Escape") letGo();
    else if (event.key === "Backspace" && trail.length) back();
    else if (number && (event.key === "Enter" || event.key === " ")) go(idOf(number), number);
    else if (number && KEYS[event.key]) KEYS[event.key](number)?.focus();
    else return;
    event.preventDefault();
  });
});
