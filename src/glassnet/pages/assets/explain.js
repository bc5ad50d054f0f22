document.querySelectorAll(".gn-explain").forEach(root => {
  const lit = [];
  const light = element => { element.classList.add("lit"); lit.push(element); };
  const every = (name, id) => root.querySelectorAll(`[${name}="${CSS.escape(id)}"]`);
  const clear = () => { while (lit.length) lit.pop().classList.remove("lit"); };
  const show = event => {
    clear();
    const at = event.target.closest("[data-of], [data-id]");
    if (!at) return;
    light(at);
    if (!at.dataset.id) { every("data-id", at.dataset.of).forEach(light); every("data-of", at.dataset.of).forEach(light); return; }
    root.querySelectorAll(`[data-in="${CSS.escape(at.dataset.id)}"]`).forEach(used => {
      light(used); every("data-id", used.dataset.of).forEach(light);
    });
  };
  root.addEventListener("mouseover", show);
  root.addEventListener("focusin", show);
  root.addEventListener("mouseleave", clear);
});
