/** The keyboard: arrows step, space plays, Escape frees, Home and End go to the ends. */
import type { PageState } from "./context";

/** What Enter and space do on a drawing that acts as a button. */
export function onPress(work: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    work();
  };
}

const LETS_TYPE = "input:not([type=range]), select, textarea, summary";

export function onKey(page: PageState, event: KeyboardEvent): void {
  const lab = page.lab.value;
  const target = event.target as Element | null;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    lab.hovered.value = "";
    lab.message.value = "";
    for (const menu of page.root.querySelectorAll("details[open]")) menu.removeAttribute("open");
    if (!target?.closest(LETS_TYPE)) lab.release();
    return;
  }
  if (target?.closest(LETS_TYPE)) return;
  const { iteration } = lab.position.value;
  const work: Record<string, () => void> = {
    ArrowRight: () => (event.shiftKey ? lab.goTo(iteration + 1) : lab.step()),
    ArrowLeft: () => (event.shiftKey ? lab.goTo(iteration - 1) : lab.back()),
    ArrowDown: () =>
      lab.chooseRow(Math.min(lab.row.value + 1, lab.view.value.prepared.table.rows - 1)),
    ArrowUp: () => lab.chooseRow(Math.max(lab.row.value - 1, 0)),
    Home: () => lab.goTo(0, "forward"),
    End: () => page.player.travel(lab.setup.value.iterations),
  };
  if (event.key === " " && !target?.closest("button, [role=button]")) {
    event.preventDefault();
    page.player.toggle();
  } else if (event.key in work && !(target as HTMLInputElement)?.matches("input[type=range]")) {
    event.preventDefault();
    page.player.pause();
    work[event.key]();
  }
}
